package io.k3j.kuberuntime;

import io.k3j.model.Seq;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Command and arguments of a container, which share with its variables what a program can be given. One thread, for
/// one container.
final class Words {
    private final Map<String, String> variables;
    private long used;

    /// @param variables by which words are expanded
    Words(Map<String, String> variables) {
        this.variables = variables;
        used = ExecLimits.all(variables);
    }

    /// All words, expanded.
    /// @param field of the container
    /// @throws ConfigError when one is too long, or all are
    List<String> expanded(String field, Seq words) {
        List<String> all = new ArrayList<>();
        for (String word : words.texts()) {
            String what = field + "[" + all.size() + "]";
            String made = Expansion.of(word, variables, ExecLimits.MOST_EACH - 1)
                    .orElseThrow(() -> ExecLimits.tooLong(what));
            used += ExecLimits.together(ExecLimits.bytes(made) + 1);
            if (used > ExecLimits.MOST) {
                throw ExecLimits.tooMuch(what);
            }
            all.add(made);
        }
        return all;
    }
}
