package io.k3j.cel;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.k3j.apimachinery.GoRegex;
import io.k3j.celvalues.EvalFailure;
import java.util.function.Function;

/// Regular expressions, by RE2 only. Such as are literals are made once.
final class Patterns {
    /// States of one expression: `a{1000}` has as many.
    private static final int LARGEST_PROGRAM = 100_000;
    private static final int LONGEST_PATTERN = 10_000;

    private Patterns() {
    }

    static Pattern compile(String regex, String otherwise) {
        try {
            GoRegex.Size size = GoRegex.of(regex);
            if (size.repeat() != null) {
                throw new EvalFailure(
                        otherwise + "error parsing regexp: invalid repeat count: `" + size.repeat() + "`");
            }
            if (regex.length() > LONGEST_PATTERN || size.states() > LARGEST_PROGRAM) {
                throw new EvalFailure(otherwise + "error parsing regexp: expression too large");
            }
            Pattern pattern = Pattern.compile(regex);
            if (pattern.programSize() > LARGEST_PROGRAM) {
                throw new EvalFailure(otherwise + "error parsing regexp: expression too large");
            }
            return pattern;
        } catch (PatternSyntaxException e) {
            throw new EvalFailure(otherwise + e.getMessage());
        }
    }

    /// A call whose regular expression is a literal, with the literal compiled.
    static Node prepared(String function, Node.Call call) {
        Function<Pattern, Functions.Body> body = switch (function) {
            case "matches" -> p -> (_, a) -> p.matcher((String) a[0]).find();
            case "find" -> p -> (_, a) -> Regexes.find(p, (String) a[0]);
            case "findAll" -> p -> (f, a) -> Regexes.findAll(f, p, a);
            default -> null;
        };
        if (body == null || !(call.arguments()[1] instanceof Node.Constant c) || !(c.value() instanceof String regex)) {
            return call;
        }
        Functions.Body made;
        try {
            made = body.apply(compile(regex, ""));
        } catch (EvalFailure e) {
            return call;
        }
        Functions.Overload[] overloads = new Functions.Overload[call.overloads().length];
        for (int i = 0; i < overloads.length; i++) {
            overloads[i] = new Functions.Overload(call.overloads()[i].id(), call.overloads()[i].classes(), made);
        }
        return new Node.Call(call.arguments(), overloads, call.costs());
    }
}
