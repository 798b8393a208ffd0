package io.k3j.workloadrules;

import io.k3j.apiserverapi.FieldProblem;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.validation.Problems;
import java.util.ArrayList;
import java.util.List;

/// Validates the success policy of an indexed Job:
/// <https://kubernetes.io/docs/concepts/workloads/controllers/job/#success-policy>.
final class SuccessPolicy {
    private static final int MOST_RULES = 20;
    private static final int MOST_INDEX_BYTES = 64 * 1024;

    private SuccessPolicy() {
    }

    /// Validates the policy of a Job's spec.
    static void check(Struct spec, Problems p) {
        Struct policy = spec.struct("successPolicy");
        if (!spec.text("completionMode").equals("Indexed")) {
            p.invalid(policy, "requires indexed completion mode");
            return;
        }
        Seq rules = policy.seq("rules");
        if (rules.isEmpty()) {
            p.at("rules").required("at least one rules must be specified when the successPolicy is specified");
        }
        if (rules.size() > MOST_RULES) {
            p.add(FieldProblem.tooMany(p.at("rules").path(), rules.size(), MOST_RULES));
        }
        for (int i = 0; i < Math.min(rules.size(), MOST_RULES); i++) {
            rule(rules.struct(i), spec.whole("completions", 0), p.at("rules", i));
        }
    }

    private static void rule(Struct rule, long completions, Problems p) {
        if (!rule.has("succeededCount") && !rule.has("succeededIndexes")) {
            p.required("at least one of succeededCount or succeededIndexes must be specified");
        }
        long named = rule.has("succeededIndexes")
                ? indexes(rule.text("succeededIndexes"), completions, p.at("succeededIndexes")) : completions;
        p.notNegative(rule, "succeededCount");
        long count = rule.whole("succeededCount", 0);
        if (count > completions) {
            p.at("succeededCount").invalid(count,
                    "must be less than or equal to " + completions + " (the number of specified completions)");
        }
        if (rule.has("succeededIndexes") && count > named) {
            p.at("succeededCount").invalid(count, "must be less than or equal to " + named
                    + " (the number of indexes in the specified succeededIndexes field)");
        }
    }

    /// The number of indexes in a text like `1,3-5`; 0 when it is invalid.
    private static long indexes(String text, long completions, Problems p) {
        if (text.length() > MOST_INDEX_BYTES) {
            p.add(FieldProblem.tooLong(p.path(), MOST_INDEX_BYTES));
            return 0;
        }
        try {
            return ranges(text, completions).stream().mapToLong(Range::size).sum();
        } catch (IllegalArgumentException e) {
            p.invalid(text, "error parsing succeededIndexes: " + e.getMessage());
            return 0;
        }
    }

    /// Indexes that follow each other, from the first to the last.
    record Range(long first, long last) {
        long size() {
            return last - first + 1;
        }
    }

    /// The ranges of a text like `1,3-5`, in their order.
    ///
    /// @throws IllegalArgumentException when it is none, saying why
    static List<Range> ranges(String text, long completions) {
        List<Range> all = new ArrayList<>();
        long last = -1;
        for (String part : text.isEmpty() ? new String[0] : text.split(",", -1)) {
            String[] ends = part.split("-", -1);
            if (ends.length > 2) {
                throw new IllegalArgumentException("the fragment \"" + part + "\" violates the requirement that an"
                        + " index interval can have at most two parts separated by '-'");
            }
            for (String end : ends) {
                last = after(last, end, completions);
            }
            all.add(new Range(Long.parseLong(ends[0]), last));
        }
        return all;
    }

    /// The first index that two texts have both; -1 for none, or when one of them cannot be read.
    static long overlap(String one, String other, long completions) {
        try {
            List<Range> left = ranges(one, completions);
            List<Range> right = ranges(other, completions);
            int i = 0;
            for (int j = 0; i < left.size() && j < right.size();) {
                long first = Math.max(left.get(i).first, right.get(j).first);
                if (first <= Math.min(left.get(i).last, right.get(j).last)) {
                    return first;
                }
                if (left.get(i).last < right.get(j).last) {
                    i++;
                } else {
                    j++;
                }
            }
        } catch (IllegalArgumentException e) {
            // told where it stands
        }
        return -1;
    }

    private static long after(long last, String text, long completions) {
        long index = number(text);
        if (index >= completions) {
            throw new IllegalArgumentException("too large index: \"" + text + "\"");
        }
        if (index <= last) {
            throw new IllegalArgumentException("non-increasing order, previous: " + last + ", current: " + index);
        }
        return index;
    }

    private static long number(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("cannot convert string to integer for index: \"" + text + "\"", e);
        }
    }
}
