package io.k3j.console;

import io.k3j.componentapi.Components;
import io.k3j.componentapi.HealthLevel;
import io.k3j.componentapi.SwapPolicy;
import io.k3j.componentapi.SwapRefused;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/// A console needs something to show: two components.
final class TwoComponents implements Components {
    private static final Component EDGE = new Component("edge", "io.k3j.edge", "0.1.0", "ACTIVE", HealthLevel.OK,
            "",
            SwapPolicy.PARALLEL, "now");
    private static final Component PROXY = new Component("kube-proxy", "io.k3j.kubeproxy", "0.1.0", "ACTIVE",
            HealthLevel.DEGRADED, "no rules", SwapPolicy.REPLACE, "now", "CN=Acme");

    @Override
    public List<Component> list() {
        return List.of(EDGE, PROXY);
    }

    @Override
    public List<String> check(Path jar) {
        return jar.endsWith("good.jar") ? List.of() : List.of("runs already");
    }

    @Override
    public String signer(Path jar) {
        return "CN=Acme";
    }

    @Override
    public Component swap(Path jar, Consumer<String> progress) {
        progress.accept("starting " + jar);
        return EDGE;
    }

    @Override
    public Component stop(String name) {
        if (name.equals("edge")) {
            throw new SwapRefused("edge cannot be stopped");
        }
        return new Component(name, "io.k3j.kubeproxy", "", "STOPPED", HealthLevel.STOPPED, "", SwapPolicy.REPLACE,
                "now");
    }

    @Override
    public Component start(String name) {
        return PROXY;
    }

    @Override
    public List<String> plan(Path jar) {
        return List.of("1. install " + jar);
    }

    @Override
    public List<Feature> features() {
        return List.of(new Feature("edge", "ENABLED", "default", List.of("supervisor"), List.of(EDGE), ""),
                new Feature("metrics-server", "DISABLED", "operator", List.of(), List.of(),
                        "disabled by an operator"));
    }

    @Override
    public List<String> plan(String name, boolean enabled) {
        return List.of("1. " + (enabled ? "start " : "stop ") + name);
    }

    @Override
    public List<Feature> enable(String name, Consumer<String> progress) {
        progress.accept("start");
        return List.of(new Feature(name, "ENABLED", "default", List.of(), List.of(PROXY), ""));
    }

    @Override
    public List<Feature> disable(String name, Consumer<String> progress) {
        throw new SwapRefused(name + " cannot be disabled:\nit stays");
    }

    @Override
    public List<String> clusterPlan(String name, boolean enabled) {
        return List.of("1. decide that " + name + " is disabled");
    }

    @Override
    public List<Feature> decideForCluster(String name, boolean enabled, Consumer<String> progress) {
        if (name.equals("apiserver")) {
            throw new SwapRefused("apiserver cannot be disabled for the cluster");
        }
        progress.accept("for the cluster: " + name + " is disabled");
        return List.of(new Feature(name, "DISABLED", "cluster", List.of(), List.of(), ""));
    }

    @Override
    public List<Setting> settings(String feature) {
        return feature.equals("edge")
                ? List.of(new Setting("io.k3j.edge", "httpsListenPort", "String", "6443", true, "--https-listen-port",
                        "", ""),
                        new Setting("io.k3j.edge", "token", "String", Setting.HIDDEN, false, "--token", "K3S_TOKEN",
                                ""),
                        new Setting("io.k3j.edge", "managed", "Boolean", "", false, "", "", "what it is"))
                : List.of();
    }

    @Override
    public List<Followed> cluster() {
        return List.of(new Followed("metrics-server", false, "a", "DISABLED"), new Followed("metrics-server",
                false, "b", "does not follow yet: it is needed by acme\nsee there"));
    }

    @Override
    public Component back(String name, Consumer<String> progress) {
        throw new SwapRefused(name + " was not swapped");
    }
}
