package io.k3j.cel;

/// An expression that failed, in upstream's words. A value of the language, so it has no stack trace.
final class EvalFailure extends RuntimeException {
    private static final long serialVersionUID = 1;

    EvalFailure(String message) {
        super(message, null, false, false);
    }

    static EvalFailure noSuchKey(Object key) {
        return new EvalFailure("no such key: " + key);
    }

    static EvalFailure noSuchOverload() {
        return new EvalFailure("no such overload");
    }

    String text() {
        String message = getMessage();
        return message == null ? "" : message;
    }
}
