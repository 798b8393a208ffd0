package io.k3j.apiserver;

import io.k3j.apirequests.Bodies;
import io.k3j.apirequests.Params;
import io.k3j.apirequests.Request;
import io.k3j.apiserverapi.FieldProblem;
import io.k3j.model.Gvk;
import io.k3j.model.Seq;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Validates the parameters of a write as upstream validates `CreateOptions`, `UpdateOptions` and `PatchOptions`
/// (<https://kubernetes.io/docs/reference/using-api/server-side-apply/>). Of a deletion only `dryRun` is a parameter.
final class OptionsCheck {
    private static final int LONGEST_MANAGER = 128;
    /// Characters of one name that are told to be wrong, which is as many problems as an answer has: each of them looks
    /// at the whole name again.
    private static final int MOST_CHARACTERS = 100;
    private static final List<String> VALIDATIONS = List.of("", "Ignore", "Strict", "Warn");

    private OptionsCheck() {
    }

    /// Refuses a request of any verb with 422 and all that is wrong.
    static void check(Request request) {
        String verb = request.info().verb();
        List<FieldProblem> problems = new ArrayList<>();
        if (verb.equals("patch")) {
            ownership(problems, request);
        }
        boolean writes = List.of("create", "update", "patch").contains(verb);
        if (writes) {
            manager(problems, request.params().text("fieldManager"));
        }
        dryRun(problems, request.params().texts("dryRun"));
        if (writes) {
            validation(problems, request.params().text("fieldValidation"));
        }
        if (!problems.isEmpty()) {
            throw FieldProblem.fault(kind(verb), "", problems);
        }
    }

    /// What the parameters of a request are, as their refusal names it.
    private static Gvk kind(String verb) {
        return Gvk.of("meta.k8s.io/v1", switch (verb) {
            case "create" -> "CreateOptions";
            case "update" -> "UpdateOptions";
            case "patch" -> "PatchOptions";
            default -> "DeleteOptions";
        });
    }

    private static void ownership(List<FieldProblem> problems, Request request) {
        Params p = request.params();
        if (!Bodies.applies(request)) {
            if (p.has("force")) {
                problems.add(FieldProblem.forbidden("force", "may not be specified for non-apply patch"));
            }
        } else if (p.text("fieldManager").isEmpty()) {
            problems.add(FieldProblem.required("fieldManager", "is required for apply patch"));
        }
    }

    /// Positions are of bytes, as upstream counts them.
    private static void manager(List<FieldProblem> problems, String name) {
        if (bytes(name) > LONGEST_MANAGER) {
            problems.add(FieldProblem.tooLong("fieldManager", LONGEST_MANAGER));
        }
        int[] all = name.codePoints().toArray();
        int position = 0;
        int told = 0;
        for (int c : all) {
            if (!printable(c)) {
                if (++told > MOST_CHARACTERS) {
                    return;
                }
                problems.add(FieldProblem.invalid("fieldManager", name,
                        "invalid character " + String.format("U+%04X", c) + " (at position " + position + ")"));
            }
            position += bytes(Character.toString(c));
        }
    }

    private static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    /// Letters, marks, numbers, punctuation, symbols and the blank of ASCII.
    private static boolean printable(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL, Character.FORMAT, Character.SURROGATE, Character.PRIVATE_USE,
                    Character.UNASSIGNED, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR,
                    Character.SPACE_SEPARATOR ->
                c == ' ';
            default -> true;
        };
    }

    private static void dryRun(List<FieldProblem> problems, List<String> given) {
        if (!given.stream().allMatch("All"::equals)) {
            problems.add(FieldProblem.unsupported("dryRun", Seq.copyOf(given), "\"All\""));
        }
    }

    private static void validation(List<FieldProblem> problems, String given) {
        if (!VALIDATIONS.contains(given)) {
            problems.add(FieldProblem.unsupported("fieldValidation", given,
                    "\"" + String.join("\", \"", VALIDATIONS) + "\""));
        }
    }
}
