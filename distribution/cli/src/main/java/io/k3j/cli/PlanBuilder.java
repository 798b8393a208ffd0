package io.k3j.cli;

import io.k3j.launcher.LaunchPlan;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Turns what was set into the launcher's plan: K3s' defaults filled in, everything checked that can be
/// checked without starting.
final class PlanBuilder {
    private static final String DISABLE = "disable-";
    private final String command;
    private final Flags flags;
    private final Resolution resolution;
    private final Host host;
    private final Map<String, Object> settings = new HashMap<>();
    private final Map<String, String> whereSet = new HashMap<>();

    private PlanBuilder(String command, Flags flags, Resolution resolution, Host host) {
        this.command = command;
        this.flags = flags;
        this.resolution = resolution;
        this.host = host;
    }

    /// The plan of a command line on a host. Warnings are added to `warnings`.
    /// @throws UsageFailure with every problem there is
    /// @throws MissingFile when the file of a token is not there, and nothing else is wrong
    static LaunchPlan build(String command, List<String> arguments, Host host, List<String> warnings) {
        Flags flags = Flags.of(command);
        Findings findings = new Findings(command, warnings);
        Resolution given = Resolution.of(flags, arguments, host.environment(), findings);
        Resolution r = given.together(ExtraArguments.withNode(
                ExtraArguments.presets(value(given, "cluster-domain", "cluster.local"),
                        value(given, "data-dir", host.root() ? "/var/lib/rancher/k3s" : host.home() + "/.rancher/k3s")),
                values(given, "node-label"), values(given, "node-taint")));
        List<String> problems = findings.problems();
        for (String name : r.names()) {
            r.all(name).forEach(s -> TypeCheck.problem(s).or(() -> Support.problem(s)).ifPresent(problems::add));
        }
        if (!problems.isEmpty()) {
            throw new UsageFailure(problems);
        }
        for (String name : r.names()) {
            warnings.addAll(Support.notes(r.all(name)));
        }
        PlanBuilder builder = new PlanBuilder(command, flags, r, host);
        builder.settings.put("nodeArgs", NodeArguments.words(command, given, arguments).toArray(String[]::new));
        builder.settings.put("nodeEnv", NodeArguments.variables(host.environment()).toArray(String[]::new));
        return builder.plan(warnings);
    }

    private static String value(Resolution given, String flag, String otherwise) {
        return given.last(flag).map(Setting::value).filter(text -> !text.isEmpty()).orElse(otherwise);
    }

    private static List<String> values(Resolution given, String flag) {
        return given.all(flag).stream().map(Setting::value).toList();
    }

    private LaunchPlan plan(List<String> warnings) {
        flags.all().forEach(this::given);
        String levels = ComponentVerbosity.vmodule(resolution);
        if (!levels.isEmpty()) {
            settings.put("vmodule", levels);
        }
        List<Path> missing = new ArrayList<>();
        List<String> problems = new ArrayList<>(
                Defaults.fill(settings, whereSet.keySet(), host, warnings, missing));
        problems.addAll(KubeletFiles.fill(settings, warnings));
        problems.addAll(KubeProxyFile.fill(settings, resolution.all("kube-proxy-arg"), warnings));
        ImageServiceEndpoint.fill(settings).ifPresent(problems::add);
        ServerPorts.fill(settings, warnings).ifPresent(problems::add);
        settings.put("controlPlane",
                command.equals("server") && !Boolean.TRUE.equals(settings.get("disableApiserver")));
        problems.addAll(command.equals("agent") ? AgentChecks.problems(settings)
                : ManagedEtcd.decide(settings, warnings));
        problems.addAll(TokenChecks.problems(settings, command.equals("server")));
        problems.addAll(Checks.problems(settings, host));
        if (whereSet.containsKey("pluginTrust") && !settings.containsKey("pluginTrust")) {
            problems.add("invalid --plugin-trust (" + whereSet.get("pluginTrust") + "): it names no file, so nothing"
                    + " would have to be signed; name one, or leave the flag out");
        }
        if (!problems.isEmpty()) {
            throw new UsageFailure(problems);
        }
        if (!missing.isEmpty()) {
            throw new MissingFile(missing.getFirst());
        }
        Path dataDir = Path.of((String) settings.get("dataDir")).toAbsolutePath().normalize();
        return new LaunchPlan(command, dataDir, settings, disabled(), whereSet);
    }

    private void given(Flag flag) {
        List<Setting> all = resolution.all(flag.name());
        if (!all.isEmpty()) {
            whereSet.put(flag.key(), all.getLast().where());
        }
        switch (flag.type()) {
            case BOOL -> settings.put(flag.key(), all.isEmpty() ? flag.preset().equals("true")
                    : TypeCheck.bool(all.getLast().value()).orElse(false));
            case LIST -> list(flag, all);
            default -> {
                String value = all.isEmpty() ? flag.preset() : all.getLast().value();
                if (!value.isEmpty()) {
                    settings.put(flag.key(), value);
                }
            }
        }
    }

    private void list(Flag flag, List<Setting> all) {
        List<String> values = new ArrayList<>();
        for (Setting s : all) {
            for (String part : flag.commas() ? s.value().split(",") : new String[] {s.value()}) {
                if (!part.isBlank() && !ComponentVerbosity.is(flag, part.strip())) {
                    values.add(flag.bare(part.strip()));
                }
            }
        }
        if (all.isEmpty() && !flag.preset().isEmpty()) {
            values.add(flag.preset());
        }
        if (!values.isEmpty()) {
            settings.put(flag.key(), values.toArray(String[]::new));
        }
    }

    private Set<String> disabled() {
        Set<String> words = new LinkedHashSet<>();
        if (settings.get("disable") instanceof String[] list) {
            words.addAll(List.of(list));
        }
        for (Flag flag : flags.all()) {
            if (flag.name().startsWith(DISABLE) && Boolean.TRUE.equals(settings.get(flag.key()))) {
                words.add(flag.name().substring(DISABLE.length()));
            }
        }
        if ("none".equals(settings.get("flannelBackend"))) {
            words.add("cni-flannel");
        }
        return words;
    }
}
