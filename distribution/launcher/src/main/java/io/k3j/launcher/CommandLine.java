package io.k3j.launcher;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// The arguments of one component in the order of their names, as K3s tells them: what holds without being said, and
/// what an operator gives, which takes the place of that. Confined to one thread.
final class CommandLine {
    private final String program;
    private final Map<String, List<String>> arguments = new TreeMap<>();

    CommandLine(String program) {
        this.program = program;
    }

    /// What holds; nothing where the value is empty.
    CommandLine with(String name, String value) {
        if (!value.isEmpty()) {
            arguments.put(name, List.of(value));
        }
        return this;
    }

    /// What an operator gives: `name=value`, or a name alone for `name=true`.
    CommandLine given(List<String> all) {
        Map<String, List<String>> own = new TreeMap<>();
        for (String argument : all) {
            int equals = argument.indexOf('=');
            own.computeIfAbsent(equals < 0 ? argument : argument.substring(0, equals), n -> new ArrayList<>())
                    .add(equals < 0 ? "true" : argument.substring(equals + 1));
        }
        arguments.putAll(own);
        return this;
    }

    /// Takes one away that nobody gives the component.
    CommandLine without(String name) {
        arguments.remove(name);
        return this;
    }

    boolean has(String name) {
        return arguments.containsKey(name);
    }

    /// `Running kube-scheduler --bind-address=127.0.0.1 …`, values with blanks in quotes.
    String text() {
        StringBuilder text = new StringBuilder("Running ").append(program);
        arguments.forEach((name, values) -> values.forEach(value -> text.append(" --").append(name).append('=')
                .append(value.indexOf(' ') < 0 ? value : '"' + value.replace("\"", "\\\"") + '"')));
        return text.toString();
    }
}
