package io.k3j.features;

import io.k3j.componentapi.Components;
import io.k3j.componentapi.SwapPolicy;
import io.k3j.componentapi.SwapRefused;
import io.k3j.featuremodel.ChangePlan;
import io.k3j.featuremodel.ChosenBundles;
import io.k3j.featuremodel.FeatureProblem;
import io.k3j.featuremodel.JarFacts;
import io.k3j.featuremodel.OfferedJars;
import io.k3j.featuremodel.Transaction.StepFailed;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// The components as the console shows and changes them. Changes are exclusive: one at a time ([Changing]).
final class RunningComponents implements Components {
    private static final System.Logger LOG = System.getLogger("io.k3j.features");

    private final ComponentList list;
    private final FeatureList features;
    private final ClusterFollower cluster;
    private final DeclaredSettings settings;
    private final Changing changing;
    private final Swaps swaps;
    private final Stops stops;
    private final OfferedJars offered;

    /// What is shown.
    record Lists(ComponentList bundles, FeatureList features, ClusterFollower cluster, DeclaredSettings settings) {
    }

    RunningComponents(Lists lists, Changing changing, Swaps swaps, Stops stops, OfferedJars offered) {
        this.list = lists.bundles;
        this.features = lists.features;
        this.cluster = lists.cluster;
        this.settings = lists.settings;
        this.changing = changing;
        this.swaps = swaps;
        this.stops = stops;
        this.offered = offered;
    }

    @Override
    public List<Component> list() {
        return list.all();
    }

    @Override
    public List<String> check(Path jar) {
        try {
            return changing.exclusively(() -> {
                try (OfferedJars.Copy offer = offered.take(jar)) {
                    return swaps.obstacles(offer.facts());
                }
            });
        } catch (SwapRefused e) {
            return List.of(String.valueOf(e.getMessage()));
        }
    }

    @Override
    public String signer(Path jar) {
        return changing.exclusively(() -> {
            try (OfferedJars.Copy offer = offered.take(jar)) {
                return offer.signer();
            }
        });
    }

    @Override
    public List<String> plan(Path jar) {
        return changing.exclusively(() -> {
            try (OfferedJars.Copy offer = offered.take(jar)) {
                return planned(offer.facts()).lines();
            }
        });
    }

    private ChangePlan planned(JarFacts facts) throws InterruptedException {
        List<String> obstacles = swaps.obstacles(facts);
        if (!obstacles.isEmpty()) {
            throw new SwapRefused(String.join("\n", obstacles));
        }
        return swaps.change("swap", ChosenBundles.handle(facts)).keeping(facts.bytes(), facts.file());
    }

    @Override
    public Component swap(Path jar, Consumer<String> progress) {
        return changing.exclusively(() -> {
            try (OfferedJars.Copy offer = offered.take(jar)) {
                ChangePlan change = planned(offer.facts());
                swap(change, progress);
                return logChange(change.to().symbolicName(), "swapped");
            }
        });
    }

    @Override
    public Component back(String name, Consumer<String> progress) {
        return changing.exclusively(() -> {
            String symbolicName = list.named(name).symbolicName();
            swap(changing.back(name, symbolicName), progress);
            return logChange(symbolicName, "went back");
        });
    }

    private void swap(ChangePlan change, Consumer<String> teller) throws InterruptedException {
        Consumer<String> progress = Changing.quiet(teller);
        SwapPolicy policy = swaps.policy(change.to().symbolicName());
        changing.swap(change, policy, progress);
        if (!change.to().isShipped()) {
            progress.accept("healthy; goes back by itself when it fails within the next " + Trial.LENGTH.toSeconds()
                    + " s");
        }
    }

    @Override
    public Component stop(String name) {
        return changing.exclusively(() -> {
            Component component = list.named(name);
            stops.stop(component.name(), list.part(component));
            return logChange(component.symbolicName(), "stopped");
        });
    }

    @Override
    public Component start(String name) {
        return changing.exclusively(() -> {
            Component component = list.named(name);
            stops.start(component.name(), list.part(component));
            return logChange(component.symbolicName(), "started");
        });
    }

    @Override
    public List<Feature> features() {
        return features.all();
    }

    @Override
    public List<String> plan(String name, boolean enabled) {
        return changing.exclusively(() -> changing.features().of(name, enabled).lines());
    }

    @Override
    public List<Feature> enable(String name, Consumer<String> progress) {
        return decide(name, true, progress);
    }

    @Override
    public List<Feature> disable(String name, Consumer<String> progress) {
        return decide(name, false, progress);
    }

    @Override
    public List<String> clusterPlan(String name, boolean enabled) {
        return changing.exclusively(() -> {
            changing.features();
            return cluster.plan(name, enabled);
        });
    }

    @Override
    public List<Feature> decideForCluster(String name, boolean enabled, Consumer<String> progress) {
        return changing.exclusively(() -> {
            cluster.decide(name, enabled, Changing.quiet(progress));
            return features.named(name);
        });
    }

    @Override
    public List<Setting> settings(String feature) {
        try {
            return settings.of(feature);
        } catch (FeatureProblem e) {
            throw new SwapRefused(String.valueOf(e.getMessage()), e);
        }
    }

    @Override
    public List<Followed> cluster() {
        return cluster.cluster();
    }

    private List<Feature> decide(String name, boolean on, Consumer<String> progress) {
        return changing.exclusively(() -> {
            ChangePlan change = changing.features().of(name, on);
            try {
                List<String> left = new ArrayList<>(changing.run(change, progress));
                left.forEach(Changing.quiet(progress));
            } catch (StepFailed e) {
                throw new SwapRefused(name + " is not " + change.what() + "d: " + e.reason(), e);
            }
            LOG.log(System.Logger.Level.INFO, "Component changed component={0} change={1}", name, change.what());
            return features.named(name);
        });
    }

    private Component logChange(String symbolicName, String what) {
        list.recordChange(symbolicName);
        Component now = list.named(symbolicName);
        LOG.log(System.Logger.Level.INFO, "Bundle changed bundle={0} change={1} version={2}", symbolicName, what,
                now.version());
        return now;
    }
}
