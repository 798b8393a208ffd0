package io.k3j.console;

import io.k3j.componentapi.Components;
import io.k3j.componentapi.Components.Feature;
import io.k3j.componentapi.Components.Setting;
import io.k3j.componentapi.SwapRefused;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;

/// The commands about components: `ls`, `status [NAME] [-o json]`, `enable NAME [--plan]`, `disable NAME [--plan]`; all
/// but the first also with `--cluster`, for every server. `shell` is run by [ShellSessions].
final class ComponentCommands {
    private static final System.Logger LOG = System.getLogger("io.k3j.console");
    private static final String OUT = "+";
    private static final String PLAN = "--plan";
    private static final String CLUSTER = "--cluster";
    private static final List<String> JSON = List.of("-o", "json");
    private static final String USAGE = "unknown command; use: k3s component ls | status [NAME] [-o json | --cluster] |"
            + " enable NAME [--cluster] [--plan] | disable NAME [--cluster] [--plan] | shell [COMMAND]";

    private final Components components;

    ComponentCommands(Components components) {
        this.components = components;
    }

    /// Runs a command for `caller` and returns its exit code; `line` receives each output line with its mark.
    int run(List<String> words, String caller, Consumer<String> line) {
        List<String> plain = new ArrayList<>(words);
        boolean plan = plain.remove(PLAN);
        boolean cluster = plain.remove(CLUSTER);
        int form = Collections.indexOfSubList(plain, JSON);
        if (form >= 0) {
            plain.subList(form, form + JSON.size()).clear();
        }
        String word = plain.isEmpty() ? "" : plain.getFirst();
        if (form >= 0 && (cluster || !word.equals("status"))) {
            Commands.error(line, USAGE);
            return 2;
        }
        if (cluster && word.equals("status") && plain.size() <= 2) {
            String named = plain.size() == 1 ? "" : plain.get(1);
            return Commands.answered(line, () -> followed(named, line));
        }
        if (word.equals("ls") && !cluster && plain.size() == 1) {
            return list(line);
        }
        if (word.equals("status") && plain.size() <= 2) {
            return status(plain.size() == 1 ? "" : plain.get(1), form >= 0, line);
        }
        if (plain.size() != 2 || !word.equals("enable") && !word.equals("disable")) {
            Commands.error(line, USAGE);
            return 2;
        }
        Wish wish = new Wish(plain.get(1), word.equals("enable"), cluster);
        return plan
                ? Commands.answered(line, () -> planned(wish).forEach(step -> line.accept(OUT + step)))
                : change(wish, caller, line);
    }

    /// What is to become of a component.
    ///
    /// @param cluster whether on every server
    private record Wish(String name, boolean on, boolean cluster) {
    }

    private List<String> planned(Wish wish) {
        return wish.cluster ? components.clusterPlan(wish.name, wish.on) : components.plan(wish.name, wish.on);
    }

    private List<Feature> changed(Wish wish, Consumer<String> step) {
        if (wish.cluster) {
            return components.decideForCluster(wish.name, wish.on, step);
        }
        return wish.on ? components.enable(wish.name, step) : components.disable(wish.name, step);
    }

    private int change(Wish wish, String caller, Consumer<String> line) {
        LOG.log(System.Logger.Level.INFO, "Console command user={0} command=component {1} {2}{3}", caller,
                wish.on ? "enable" : "disable", wish.name, wish.cluster ? " --cluster" : "");
        Consumer<String> step = text -> text.lines().forEach(one -> line.accept(OUT + one));
        try {
            List<Feature> now = changed(wish, step);
            now.forEach(feature -> line.accept(OUT + feature.name() + " " + feature.state()));
            if (wish.cluster) {
                line.accept(OUT + "the other servers follow; see: k3s component status --cluster");
            }
            return 0;
        } catch (SwapRefused e) {
            LOG.log(System.Logger.Level.WARNING, "Console command refused user={0} error={1}", caller, e.getMessage());
            return Commands.error(line, e.getMessage());
        }
    }

    private int list(Consumer<String> line) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("NAME", "STATE", "DECIDED", "BUNDLES", "MESSAGE"));
        for (Feature feature : components.features()) {
            rows.add(List.of(feature.name(), feature.state(), feature.decided(),
                    feature.bundles().isEmpty() ? "-" : Integer.toString(feature.bundles().size()),
                    feature.message().lines().findFirst().orElse("")));
        }
        ComponentTable.lines(rows).forEach(row -> line.accept(OUT + row));
        return 0;
    }

    /// Of one component, or of all that do not run as they should.
    private int status(String name, boolean json, Consumer<String> line) {
        List<Feature> all = components.features();
        List<Feature> shown = all.stream()
                .filter(feature -> name.isEmpty() ? feature.state().equals("FAILED") : feature.name().equals(name))
                .toList();
        if (shown.isEmpty() && !name.isEmpty()) {
            return Commands.error(line, "no component is called " + name + "; see: k3s component ls");
        }
        int code = shown.stream().anyMatch(feature -> feature.state().equals("FAILED")) ? 1 : 0;
        if (json) {
            List<StatusJson.Shown> told = shown.stream().map(
                    feature -> new StatusJson.Shown(feature, neededBy(feature, all), settings(feature))).toList();
            StatusJson.of(told, !name.isEmpty()).lines().forEach(text -> line.accept(OUT + text));
            return code;
        }
        if (shown.isEmpty()) {
            line.accept(OUT + all.stream().filter(feature -> feature.state().equals("ENABLED")).count()
                    + " components are enabled, none has failed; see: k3s component ls");
        }
        shown.forEach(feature -> show(feature, all, line));
        return code;
    }

    /// None of one whose settings cannot be known now; everything else is shown.
    private List<Setting> settings(Feature feature) {
        try {
            return components.settings(feature.name());
        } catch (SwapRefused e) {
            LOG.log(System.Logger.Level.DEBUG, "Settings of a component are not known component={0} error={1}",
                    feature.name(), e.getMessage());
            return List.of();
        }
    }

    private static List<String> neededBy(Feature feature, List<Feature> all) {
        return all.stream()
                .filter(other -> other.state().equals("ENABLED") && other.needs().contains(feature.name()))
                .map(Feature::name).toList();
    }

    /// What was decided for the cluster, about one component or all.
    private void followed(String name, Consumer<String> line) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("COMPONENT", "DECIDED", "SERVER", "STATE"));
        for (Components.Followed one : components.cluster()) {
            if (name.isEmpty() || one.component().equals(name)) {
                rows.add(List.of(one.component(), one.enabled() ? "enabled" : "disabled", one.server(),
                        one.state().lines().findFirst().orElse("")));
            }
        }
        if (rows.size() == 1) {
            line.accept(OUT + "nothing is decided for the cluster" + (name.isEmpty() ? "" : " about " + name));
        } else {
            ComponentTable.lines(rows).forEach(row -> line.accept(OUT + row));
        }
    }

    private void show(Feature feature, List<Feature> all, Consumer<String> line) {
        line.accept(OUT + "name       " + feature.name());
        line.accept(OUT + "state      " + feature.state());
        line.accept(OUT + "decided    " + feature.decided());
        line.accept(OUT + "needs      " + words(feature.needs()));
        line.accept(OUT + "needed by  " + words(neededBy(feature, all)));
        feature.bundles().forEach(bundle -> line.accept(OUT + "bundle     " + bundle.symbolicName() + " "
                + bundle.version() + " " + bundle.state() + " " + bundle.health() + " since " + bundle.since()
                + (bundle.message().isEmpty() ? "" : " (" + bundle.message() + ")")));
        feature.message().lines().forEach(text -> line.accept(OUT + "message    " + text));
        List<List<String>> rows = settings(feature).stream().map(ComponentCommands::row).toList();
        ComponentTable.lines(rows).forEach(text -> line.accept(OUT + "setting    " + text));
    }

    private static List<String> row(Setting setting) {
        String how = setting.isDefault() ? "default" : setting.where();
        String from = setting.flag().isEmpty() || how.isEmpty() ? setting.flag() + how
                : setting.flag() + " (" + how + ")";
        return List.of(setting.pid() + " " + setting.name(), setting.value().isEmpty() ? "-" : setting.value(), from,
                setting.description());
    }

    private static String words(List<String> names) {
        return names.isEmpty() ? "-" : String.join(", ", names);
    }
}
