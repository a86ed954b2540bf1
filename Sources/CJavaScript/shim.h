// Declarations of JavaScriptCore's C API, for a library that is loaded by name when the first script is met: a process without
// scripts never maps its 60 MB. Only declarations; the functions are looked up once, all or none.
#ifndef MILLWRIGHT_CJAVASCRIPT_SHIM_H
#define MILLWRIGHT_CJAVASCRIPT_SHIM_H

#include <dlfcn.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

#pragma clang assume_nonnull begin

typedef struct OpaqueJSContextGroup *MWJSGroup;
typedef struct OpaqueJSContext *MWJSContext;
typedef struct OpaqueJSString *MWJSString;
typedef struct OpaqueJSValue *MWJSValue;

typedef MWJSValue _Nullable *_Nullable MWJSException;

typedef MWJSValue _Nonnull (*MWJSFunction)(
    MWJSContext context, MWJSValue function, MWJSValue self, size_t count, const MWJSValue _Nonnull *_Nullable arguments, MWJSException exception);
typedef bool (*MWJSShouldTerminate)(MWJSContext context, void *_Nullable argument);
typedef void (*MWJSBytesDeallocator)(void *bytes, void *_Nullable argument);

enum { MWJSInt32Array = 2, MWJSFloat64Array = 8 };
enum { MWJSUndefined = 0, MWJSNull = 1, MWJSBoolean = 2, MWJSNumber = 3, MWJSStringType = 4, MWJSObject = 5, MWJSSymbol = 6, MWJSBigInt = 7 };
enum { MWJSReadOnly = 2, MWJSDontEnum = 4, MWJSDontDelete = 8 };

// Each line: result, name, parameters. The field and the symbol have the same name.
#define MILLWRIGHT_JSC_FUNCTIONS(F) \
    F(MWJSGroup _Nonnull, JSContextGroupCreate, (void)) \
    F(void, JSContextGroupRelease, (MWJSGroup)) \
    F(void, JSContextGroupSetExecutionTimeLimit, (MWJSGroup, double seconds, MWJSShouldTerminate _Nullable, void *_Nullable argument)) \
    F(void, JSContextGroupClearExecutionTimeLimit, (MWJSGroup)) \
    F(bool, JSContextGroupEnableSamplingProfiler, (MWJSGroup)) \
    F(void, JSContextGroupDisableSamplingProfiler, (MWJSGroup)) \
    F(MWJSString _Nullable, JSContextGroupTakeSamplesFromSamplingProfiler, (MWJSGroup)) \
    F(MWJSString _Nullable, JSContextCreateBacktrace, (MWJSContext, unsigned frames)) \
    F(MWJSContext _Nonnull, JSGlobalContextCreateInGroup, (MWJSGroup, void *_Nullable globalClass)) \
    F(void, JSGlobalContextRelease, (MWJSContext)) \
    F(void, JSGlobalContextSetEvalEnabled, (MWJSContext, bool enabled, MWJSString message)) \
    F(MWJSGroup _Nonnull, JSContextGetGroup, (MWJSContext)) \
    F(MWJSValue _Nonnull, JSContextGetGlobalObject, (MWJSContext)) \
    F(MWJSValue _Nullable, JSEvaluateScript, (MWJSContext, MWJSString script, MWJSValue _Nullable self, MWJSString _Nullable url, int firstLine, MWJSException exception)) \
    F(bool, JSCheckScriptSyntax, (MWJSContext, MWJSString script, MWJSString _Nullable url, int firstLine, MWJSException exception)) \
    F(void, JSGarbageCollect, (MWJSContext)) \
    F(MWJSValue _Nonnull, JSGetMemoryUsageStatistics, (MWJSContext)) \
    F(MWJSString _Nonnull, JSStringCreateWithCharacters, (const unsigned short *, size_t)) \
    F(const unsigned short *_Nullable, JSStringGetCharactersPtr, (MWJSString)) \
    F(size_t, JSStringGetLength, (MWJSString)) \
    F(void, JSStringRelease, (MWJSString)) \
    F(MWJSValue _Nonnull, JSValueMakeUndefined, (MWJSContext)) \
    F(MWJSValue _Nonnull, JSValueMakeNull, (MWJSContext)) \
    F(MWJSValue _Nonnull, JSValueMakeBoolean, (MWJSContext, bool)) \
    F(MWJSValue _Nonnull, JSValueMakeNumber, (MWJSContext, double)) \
    F(MWJSValue _Nonnull, JSValueMakeString, (MWJSContext, MWJSString)) \
    F(int, JSValueGetType, (MWJSContext, MWJSValue)) \
    F(bool, JSValueToBoolean, (MWJSContext, MWJSValue)) \
    F(double, JSValueToNumber, (MWJSContext, MWJSValue, MWJSException exception)) \
    F(MWJSString _Nullable, JSValueToStringCopy, (MWJSContext, MWJSValue, MWJSException exception)) \
    F(void, JSValueProtect, (MWJSContext, MWJSValue)) \
    F(void, JSValueUnprotect, (MWJSContext, MWJSValue)) \
    F(MWJSValue _Nonnull, JSObjectMakeFunctionWithCallback, (MWJSContext, MWJSString _Nullable name, MWJSFunction)) \
    F(MWJSValue _Nullable, JSObjectMakeTypedArrayWithBytesNoCopy, \
      (MWJSContext, int type, void *bytes, size_t count, MWJSBytesDeallocator _Nullable, void *_Nullable argument, MWJSException exception)) \
    F(void *_Nullable, JSObjectGetTypedArrayBytesPtr, (MWJSContext, MWJSValue, MWJSException exception)) \
    F(size_t, JSObjectGetTypedArrayLength, (MWJSContext, MWJSValue, MWJSException exception)) \
    F(MWJSValue _Nullable, JSObjectGetPropertyAtIndex, (MWJSContext, MWJSValue, unsigned, MWJSException exception)) \
    F(void, JSObjectSetPropertyAtIndex, (MWJSContext, MWJSValue, unsigned, MWJSValue value, MWJSException exception)) \
    F(MWJSValue _Nullable, JSObjectGetProperty, (MWJSContext, MWJSValue object, MWJSString name, MWJSException exception)) \
    F(void, JSObjectSetProperty, (MWJSContext, MWJSValue object, MWJSString name, MWJSValue, unsigned attributes, MWJSException exception)) \
    F(bool, JSObjectDeleteProperty, (MWJSContext, MWJSValue object, MWJSString name, MWJSException exception)) \
    F(MWJSValue _Nullable, JSObjectCallAsFunction, \
      (MWJSContext, MWJSValue function, MWJSValue _Nullable self, size_t count, const MWJSValue _Nullable *_Nullable arguments, MWJSException exception))

#define MILLWRIGHT_JSC_FIELD(result, name, parameters) result (*name) parameters;
typedef struct { MILLWRIGHT_JSC_FUNCTIONS(MILLWRIGHT_JSC_FIELD) } MWJSC;
#undef MILLWRIGHT_JSC_FIELD

/// Looks every function up, for the rest of the process. NULL when the library lacks one, whose name `missing` then says.
static inline const MWJSC *_Nullable mw_jsc_bind(void *library, const char *_Nullable *_Nonnull missing) {
    MWJSC *functions = (MWJSC *)malloc(sizeof(MWJSC));
    if (!functions) return NULL;
#define MILLWRIGHT_JSC_BIND(result, name, parameters) \
    if (!(*(void **)&functions->name = dlsym(library, #name))) { *missing = #name; free(functions); return NULL; }
    MILLWRIGHT_JSC_FUNCTIONS(MILLWRIGHT_JSC_BIND)
#undef MILLWRIGHT_JSC_BIND
    return functions;
}

#pragma clang assume_nonnull end
#endif
