package io.k3j.cel;

import dev.cel.common.exceptions.CelDivideByZeroException;
import dev.cel.common.exceptions.CelNumericOverflowException;
import io.k3j.celvalues.EvalFailure;
import io.k3j.celvalues.Stopped;
import java.util.NoSuchElementException;
import java.util.concurrent.Callable;

/// What cel-java's functions throw, in the words of upstream's engine.
final class Failures {
    private Failures() {
    }

    @SuppressWarnings("IllegalCatch") // cel-java's functions throw whatever the JDK throws
    static Object translated(Callable<Object> call) {
        try {
            return call.call();
        } catch (EvalFailure | Stopped e) {
            throw e;
        } catch (Exception e) {
            throw new EvalFailure(text(e));
        }
    }

    private static String text(Throwable e) {
        String message = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        Throwable cause = e.getCause();
        if (e instanceof CelNumericOverflowException
                || cause instanceof ArithmeticException && message.contains("overflow")) {
            return "integer overflow";
        }
        if (e instanceof CelDivideByZeroException || message.contains("/ by zero")) {
            return "division by zero";
        }
        return e instanceof NoSuchElementException ? "optional.none() dereference" : message;
    }
}
