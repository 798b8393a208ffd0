package io.k3j.cli;

import java.util.List;
import java.util.Optional;

/// Refuses, by name, what K3j does not do yet, so that no flag is ever ignored in silence. Setting such
/// a flag to its default is fine.
final class Support {
    private Support() {
    }

    /// What is wrong with a setting, or nothing.
    static Optional<String> problem(Setting s) {
        Flag flag = s.flag();
        return switch (flag.state()) {
            case Flag.State.Works w -> Optional.empty();
            case Flag.State.NoEffect n -> Optional.empty();
            case Flag.State.Only only when ComponentVerbosity.is(flag, s.value()) -> ComponentVerbosity.problem(s);
            case Flag.State.Only only when only.values().contains(subject(s)) -> Optional.empty();
            case Flag.State.Only only when flag.arguments() && only.values().contains(argument(s)) -> Optional.empty();
            case Flag.State.Only only when flag.arguments() -> UpstreamArguments.of(flag, flag.bare(s.value()))
                    .map(line -> refusal(s, line)).orElseGet(() -> argumentProblem(s, only));
            case Flag.State.Only only -> Optional.of(flag.shown() + "=" + s.value() + " (" + s.where()
                    + ") is not supported yet by K3j; use one of " + String.join(", ", only.values()));
            case Flag.State.Absent a when preset(flag, s.value()) -> Optional.empty();
            case Flag.State.Absent a -> Optional.of(flag.shown() + " (" + s.where()
                    + ") is not supported yet by K3j" + (a.why().isEmpty() ? "" : ": " + a.why())
                    + "; start without it, see docs/compatibility.md");
        };
    }

    private static Optional<String> refusal(Setting s, UpstreamArguments.Line line) {
        return line.taken() ? Optional.empty()
                : Optional.of("--" + s.flag().name() + "=" + s.flag().bare(s.value()) + " (" + s.where()
                        + ") is not taken by K3j: " + line.why());
    }

    /// What a user is to know of the settings of one flag that are taken: of arguments each counts, of others the last.
    static List<String> notes(List<Setting> all) {
        boolean each = !all.isEmpty() && all.getFirst().flag().arguments();
        return all.stream().skip(each ? 0 : Math.max(0, all.size() - 1)).flatMap(s -> note(s).stream()).toList();
    }

    private static Optional<String> note(Setting s) {
        Flag flag = s.flag();
        if (flag.arguments() && !taken(s)) {
            String argument = flag.bare(s.value());
            return UpstreamArguments.of(flag, argument).map(line -> "--" + flag.name() + "=" + argument + " ("
                    + s.where() + ") has no effect: " + line.why());
        }
        return flag.state() instanceof Flag.State.NoEffect idle && !preset(flag, s.value())
                ? Optional.of(flag.shown() + " (" + s.where() + ") has no effect: " + idle.why()) : Optional.empty();
    }

    /// Whether a component acts on it.
    static boolean taken(Setting s) {
        return !(s.flag().state() instanceof Flag.State.Only only) || only.values().contains(subject(s))
                || only.values().contains(argument(s));
    }

    /// An argument that is there for some values only is listed once with each: `anonymous-auth=false`.
    private static Optional<String> argumentProblem(Setting s, Flag.State.Only only) {
        String prefix = subject(s) + "=";
        List<String> values = only.values().stream().filter(v -> v.startsWith(prefix)).toList();
        return Optional.of(values.isEmpty()
                ? "unsupported " + s.flag().name() + " \"" + subject(s) + "\" (" + s.where() + "); supported: "
                        + String.join(", ", only.values())
                : "--" + s.flag().name() + "=" + argument(s) + " (" + s.where()
                        + ") is not supported yet by K3j; leave it out or use " + String.join(" or ", values));
    }

    /// With its value; upstream's flags of components are true without one.
    private static String argument(Setting s) {
        String bare = s.flag().bare(s.value());
        return bare.indexOf('=') < 0 ? bare + "=true" : bare;
    }

    /// What support depends on: the value, or for `--kubelet-arg=name=value` and the like the name.
    private static String subject(Setting s) {
        String value = s.value();
        if (s.flag().type() != Flag.Type.LIST) {
            return value;
        }
        String bare = s.flag().bare(value);
        int eq = bare.indexOf('=');
        return eq < 0 ? bare : bare.substring(0, eq);
    }

    private static boolean preset(Flag flag, String value) {
        return flag.type() == Flag.Type.BOOL ? TypeCheck.bool(value).equals(TypeCheck.bool(flag.preset()))
                : value.equals(flag.preset());
    }

    /// What is wrong with all settings.
    static List<String> problems(List<Setting> settings) {
        return settings.stream().flatMap(s -> problem(s).stream()).toList();
    }
}
