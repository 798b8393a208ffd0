package io.k3j.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What was set, by K3s' precedence: command line over configuration file over environment, since K3s makes the file
/// arguments that stand before those of the line. A list on the command line replaces the file's.
final class Resolution {
    private final Map<String, List<Setting>> byName = new LinkedHashMap<>();

    private Resolution() {
    }

    /// Takes the three sources together. An unknown key of the configuration file is a warning for
    /// `server` and a problem for `agent`, as in K3s.
    static Resolution of(Flags flags, List<String> arguments, Map<String, String> environment, Findings findings) {
        Resolution r = new Resolution();
        List<Setting> typed = new Arguments(findings.command(), flags).parse(arguments, findings.problems());
        flags.all().forEach(f -> Optional.ofNullable(environment.get(f.environment())).filter(v -> !v.isEmpty())
                .ifPresent(v -> r.byName.put(f.name(), List.of(new Setting(f, v, f.environment())))));
        Optional<String> chosen = chosen(typed, environment);
        ConfigFiles.read(chosen.orElse(preset(flags)), chosen.isPresent()).keys()
                .forEach((key, values) -> flags.named(key)
                        .ifPresentOrElse(f -> r.byName.put(f.name(), settings(f, values)),
                                () -> findings.unknownKey(key, values.isEmpty() ? "" : values.getFirst().where())));
        Map<String, List<Setting>> fromLine = new LinkedHashMap<>();
        typed.forEach(s -> fromLine.computeIfAbsent(s.flag().name(), n -> new ArrayList<>()).add(s));
        r.byName.putAll(fromLine);
        return r;
    }

    /// The same with the arguments of components as these get them.
    ///
    /// @param own by flag and name, what K3s gives them
    Resolution together(Map<String, Map<String, String>> own) {
        Resolution r = new Resolution();
        byName.forEach((name, settings) -> r.byName.put(name,
                ExtraArguments.applied(settings, own.getOrDefault(name, Map.of()))));
        return r;
    }

    private static Optional<String> chosen(List<Setting> typed, Map<String, String> environment) {
        return Optional.ofNullable(environment.get("K3S_CONFIG_FILE")).filter(s -> !s.isEmpty())
                .or(() -> typed.stream().filter(s -> s.flag().name().equals("config")).map(Setting::value)
                        .reduce((a, b) -> b));
    }

    private static String preset(Flags flags) {
        return flags.named("config").map(Flag::preset).orElseThrow();
    }

    /// The configuration file: a path, or an address of the network.
    static String file(String command, Flags flags, List<String> arguments, Map<String, String> environment) {
        return chosen(new Arguments(command, flags).parse(arguments, new ArrayList<>()), environment)
                .orElse(preset(flags));
    }

    private static List<Setting> settings(Flag flag, List<ConfigFiles.Value> values) {
        boolean bool = flag.type() == Flag.Type.BOOL;
        return values.stream().map(v -> new Setting(flag, bool ? v.switched() : v.text(), v.where())).toList();
    }

    /// All values given for a flag, in order.
    List<Setting> all(String name) {
        return byName.getOrDefault(name, List.of());
    }

    /// The last value given for a flag.
    Optional<Setting> last(String name) {
        return all(name).isEmpty() ? Optional.empty() : Optional.of(all(name).getLast());
    }

    /// The names of all flags that were set.
    Iterable<String> names() {
        return byName.keySet();
    }
}
