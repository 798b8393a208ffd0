package io.k3j.features;

import io.k3j.componentapi.Components.Component;
import io.k3j.componentapi.HealthLevel;
import io.k3j.componentapi.HealthReport;
import io.k3j.componentapi.SwapRefused;
import io.k3j.featuremodel.DesiredFeatures;
import io.k3j.featuremodel.Feature;
import io.k3j.featuremodel.Handle;
import io.k3j.featuremodel.Roster;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.osgi.framework.Bundle;

/// The bundles of wanted features as `k3s bundle ls` shows them, and those that an operator has disabled.
final class ComponentList {
    private static final int SHORT_DIGEST = 12;
    private final Roster roster;
    private final Bundles bundles;
    private final HealthBoard health;
    private final Stops stops;
    private final Supplier<List<Component>> failed;
    private final InstantSource clock = InstantSource.system();
    private final Instant started = clock.instant();
    private final Map<String, Instant> changes = new ConcurrentHashMap<>();

    /// @param failed bundles of plug-ins that do not run because of what they did
    ComponentList(Roster roster, Bundles bundles, HealthBoard health, Stops stops,
            Supplier<List<Component>> failed) {
        this.failed = failed;
        this.roster = roster;
        this.bundles = bundles;
        this.health = health;
        this.stops = stops;
    }

    /// All components, sorted by name.
    List<Component> all() {
        List<Component> list = new ArrayList<>();
        for (Feature feature : roster.wanted()) {
            list.addAll(of(feature));
        }
        Map<String, DesiredFeatures.Left> left = roster.now().desired().left();
        for (Feature feature : roster.ofRole()) {
            DesiredFeatures.Left reason = left.get(feature.name());
            if (reason != null && reason.decided().equals("operator")) {
                feature.bundles().forEach(part -> list.add(disabled(feature, part, reason.reason())));
            }
        }
        list.addAll(failed.get());
        list.sort(Comparator.comparing(Component::name));
        return list;
    }

    private Component disabled(Feature feature, Feature.Part part, String reason) {
        return new Component(feature.nameOf(part), part.symbolicName(), "", "DISABLED", HealthLevel.STOPPED, reason,
                part.swap(), since(part));
    }

    /// The bundles of one feature.
    List<Component> of(Feature feature) {
        return feature.bundles().stream().map(part -> component(feature.nameOf(part), part)).toList();
    }

    /// The component of this name: its operator's name, its symbolic name, or that without prefix.
    /// @throws SwapRefused when there is none
    Component named(String name) {
        return all().stream()
                .filter(component -> component.name().equals(name) || component.symbolicName().equals(name)
                        || component.symbolicName().equals("io.k3j." + name.replace("-", "")))
                .findFirst().orElseThrow(() -> new SwapRefused("no bundle is called " + name
                        + "; see: k3s bundle ls"));
    }

    /// The feature part of a component.
    /// @throws SwapRefused when an operator has disabled it
    Feature.Part part(Component component) {
        return roster.wanted().stream().flatMap(feature -> feature.bundles().stream())
                .filter(part -> part.symbolicName().equals(component.symbolicName())).findFirst()
                .orElseThrow(() -> new SwapRefused(component.name() + " is " + component.message()));
    }

    /// Records a change of the bundle at the current time.
    void recordChange(String symbolicName) {
        changes.put(symbolicName, clock.instant());
    }

    private String since(Feature.Part part) {
        return changes.getOrDefault(part.symbolicName(), started).toString();
    }

    private Component component(String name, Feature.Part part) {
        String symbolicName = part.symbolicName();
        if (stops.isStopped(symbolicName)) {
            return new Component(name, symbolicName, "", "STOPPED", HealthLevel.STOPPED,
                    "stopped by an operator; to start it: k3s bundle start " + name, part.swap(), since(part));
        }
        if (!bundles.runs(symbolicName)) {
            HealthReport report = worst(part.shortName(), -1);
            return new Component(name, symbolicName, "", "ABSENT", report.level(), report.message(), part.swap(),
                    since(part));
        }
        Bundle bundle = bundles.running(symbolicName);
        HealthReport report = worst(part.shortName(), bundle.getBundleId());
        return new Component(name, symbolicName, version(bundle), state(bundle), report.level(), report.message(),
                part.swap(), since(part), bundles.signer(bundle));
    }

    /// The worst report of a bundle. A bundle without reports is OK; its state tells the rest.
    private HealthReport worst(String name, long bundle) {
        return health.of(bundle).stream().filter(report -> bundle >= 0 || report.component().equals(name))
                .max(Comparator.comparing(report -> weight(report.level())))
                .orElse(new HealthReport(name, bundle, HealthLevel.OK, "", started));
    }

    private static int weight(HealthLevel level) {
        return switch (level) {
            case OK -> 0;
            case STARTING -> 1;
            case DEGRADED -> 2;
            case STOPPED -> 3;
        };
    }

    private static String version(Bundle bundle) {
        Handle handle = Swaps.handle(bundle);
        String digest = handle.digest();
        return bundle.getVersion() + (digest.isEmpty() ? ""
                : "+" + digest.substring(0, Math.min(SHORT_DIGEST, digest.length())));
    }

    private static String state(Bundle bundle) {
        return switch (bundle.getState()) {
            case Bundle.ACTIVE -> "ACTIVE";
            case Bundle.STARTING -> "STARTING";
            case Bundle.STOPPING -> "STOPPING";
            case Bundle.RESOLVED -> "RESOLVED";
            case Bundle.INSTALLED -> "INSTALLED";
            default -> "UNINSTALLED";
        };
    }
}
