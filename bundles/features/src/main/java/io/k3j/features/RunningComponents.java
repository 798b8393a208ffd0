package io.k3j.features;

import io.k3j.componentapi.Components;
import io.k3j.componentapi.HealthLevel;
import io.k3j.componentapi.HealthReport;
import io.k3j.componentapi.SwapPolicy;
import io.k3j.componentapi.SwapRefused;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.osgi.framework.Bundle;

/// What the console shows and does. One change at a time.
final class RunningComponents implements Components {
    private static final System.Logger LOG = System.getLogger("io.k3j.features");
    private static final Component NONE = new Component("", "", "", "", HealthLevel.OK, "", SwapPolicy.RESTART, "");

    private final List<Feature> wanted;
    private final Bundles bundles;
    private final Chosen chosen;
    private final HealthBoard health;
    private final Swaps swaps;
    private final Instant started;
    private final InstantSource clock = InstantSource.system();
    private final Map<String, Instant> swapped = new ConcurrentHashMap<>();
    private final ReentrantLock one = new ReentrantLock();

    RunningComponents(List<Feature> wanted, Bundles bundles, Chosen chosen, Swaps swaps, HealthBoard health) {
        this.wanted = wanted;
        this.bundles = bundles;
        this.chosen = chosen;
        this.swaps = swaps;
        this.health = health;
        this.started = clock.instant();
    }

    @Override
    public List<Component> list() {
        List<Component> list = new ArrayList<>();
        for (Feature feature : wanted) {
            for (Feature.Part part : feature.bundles()) {
                list.add(component(name(feature, part), part));
            }
        }
        list.sort(Comparator.comparing(Component::name));
        return list;
    }

    /// The only bundle of a feature goes by the feature's name, as users know that one.
    private static String name(Feature feature, Feature.Part part) {
        return feature.bundles().size() == 1 ? feature.name() : part.shortName();
    }

    private Component component(String name, Feature.Part part) {
        String symbolicName = part.symbolicName();
        String since = swapped.getOrDefault(symbolicName, started).toString();
        if (!bundles.runs(symbolicName)) {
            HealthReport report = worst(part.shortName(), -1);
            return new Component(name, symbolicName, "", "ABSENT", report.level(), report.message(), part.swap(),
                    since);
        }
        Bundle bundle = bundles.running(symbolicName);
        HealthReport report = worst(part.shortName(), bundle.getBundleId());
        return new Component(name, symbolicName, version(bundle), state(bundle), report.level(), report.message(),
                part.swap(), since);
    }

    /// The worst of what the bundle says; one that says nothing is as well as its state.
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

    private String version(Bundle bundle) {
        String choice = chosen.current(bundle.getSymbolicName());
        if (choice.equals(Chosen.SHIPPED) || bundle.getLocation().startsWith("connect:")) {
            return bundle.getVersion().toString();
        }
        int from = choice.lastIndexOf('-') + 1;
        return bundle.getVersion() + "+" + choice.substring(from, choice.length() - ".jar".length());
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

    @Override
    public List<String> check(Path jar) {
        try {
            return swaps.obstacles(JarFacts.read(jar), wanted);
        } catch (FeatureProblem e) {
            return List.of(e.getMessage());
        }
    }

    @Override
    public Component swap(Path jar, Consumer<String> progress) {
        return exclusively(() -> {
            JarFacts facts = JarFacts.read(jar);
            List<String> obstacles = swaps.obstacles(facts, wanted);
            if (!obstacles.isEmpty()) {
                throw new SwapRefused(String.join("; ", obstacles));
            }
            String name = facts.symbolicName();
            swaps.swap(name, chosen.keep(facts), Swaps.policy(name, wanted), progress);
            chosen.advance(name, name + "-" + facts.shortDigest() + ".jar");
            return done(name, "swapped");
        });
    }

    @Override
    public Component back(String name, Consumer<String> progress) {
        return exclusively(() -> {
            String symbolicName = symbolicName(name);
            String previous = chosen.previous(symbolicName);
            if (previous.isEmpty()) {
                throw new SwapRefused(name + " was not swapped, there is nothing to go back to");
            }
            swaps.swap(symbolicName, previous, Swaps.policy(symbolicName, wanted), progress);
            chosen.goBack(symbolicName);
            return done(symbolicName, "went back");
        });
    }

    private Component exclusively(Supplier<Component> action) {
        one.lock();
        try {
            return action.get();
        } catch (FeatureProblem e) {
            throw new SwapRefused(e.getMessage(), e);
        } finally {
            one.unlock();
        }
    }

    private Component done(String symbolicName, String what) {
        swapped.put(symbolicName, clock.instant());
        LOG.log(System.Logger.Level.INFO, "bundle={0} {1} choice={2}", symbolicName, what,
                chosen.current(symbolicName));
        return list().stream().filter(component -> component.symbolicName().equals(symbolicName)).findFirst()
                .orElse(NONE);
    }

    private String symbolicName(String name) {
        return list().stream()
                .filter(component -> component.name().equals(name) || component.symbolicName().equals(name)
                        || component.symbolicName().equals("io.k3j." + name.replace("-", "")))
                .map(Component::symbolicName).findFirst()
                .orElseThrow(() -> new SwapRefused("no bundle is called " + name + "; see: k3s bundle ls"));
    }
}
