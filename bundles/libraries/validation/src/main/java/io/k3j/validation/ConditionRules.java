package io.k3j.validation;

import io.k3j.apimachinery.Names;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// What conditions must look like in those kinds that look at them: upstream's `ValidateConditions` of
/// `apimachinery/pkg/apis/meta/v1/validation`. See
/// <https://github.com/kubernetes/community/blob/master/contributors/devel/sig-architecture/api-conventions.md>.
/// Pure; any thread.
public final class ConditionRules {
    private static final List<String> STATUSES = List.of("False", "True", "Unknown");
    private static final String CONDITIONS = "conditions";
    private static final String REASON = "a condition reason must start with alphabetic character, optionally followed"
            + " by a string of alphanumeric characters or '_,:', and must end with an alphanumeric character or '_'"
            + " (e.g. 'my_name',  or 'MY_NAME',  or 'MyName',  or 'ReasonA,ReasonB',  or 'ReasonA:ReasonB', regex used"
            + " for validation is '[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?')";
    /// In bytes.
    private static final int LONGEST_REASON = 1024;
    private static final int LONGEST_MESSAGE = 32 * 1024;

    private ConditionRules() {
    }

    /// Checks the field `conditions`.
    ///
    /// @param of where they stand, as a status
    /// @param p its place
    public static void check(Struct of, Problems p) {
        Seq conditions = of.seq(CONDITIONS);
        Set<String> types = new HashSet<>();
        for (int i = 0; i < conditions.size() && !p.full(); i++) {
            String type = conditions.struct(i).text("type");
            if (!types.add(type)) {
                p.at(CONDITIONS, i).at("type").duplicate(type);
            }
            condition(conditions.struct(i), p.at(CONDITIONS, i));
        }
    }

    private static void condition(Struct condition, Problems p) {
        p.at("type").invalid(condition.text("type"), Names.qualified(condition.text("type")));
        if (!STATUSES.contains(condition.text("status"))) {
            p.at("status").unsupported(condition.text("status"), STATUSES);
        }
        long generation = condition.whole("observedGeneration", 0);
        if (generation < 0) {
            p.at("observedGeneration").invalid(generation, "must be greater than or equal to zero");
        }
        p.present(condition, "lastTransitionTime");
        String reason = condition.text("reason");
        if (p.present(condition, "reason")) {
            if (!isReason(reason)) {
                p.at("reason").invalid(reason, REASON);
            }
            if (bytes(reason) > LONGEST_REASON) {
                p.at("reason").tooLong(LONGEST_REASON);
            }
        }
        if (bytes(condition.text("message")) > LONGEST_MESSAGE) {
            p.at("message").tooLong(LONGEST_MESSAGE);
        }
    }

    private static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    private static boolean isReason(String text) {
        char last = text.charAt(text.length() - 1);
        return isLetter(text.charAt(0)) && last != ',' && last != ':' && text.chars()
                .allMatch(c -> isLetter(c) || c >= '0' && c <= '9' || c == '_' || c == ',' || c == ':');
    }

    private static boolean isLetter(int c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
    }
}
