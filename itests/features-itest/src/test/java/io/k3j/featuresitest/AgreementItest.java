package io.k3j.featuresitest;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.clusteragreement.Agreement;
import io.k3j.clusteragreement.Declarations;
import io.k3j.codec.Json;
import io.k3j.componentapi.ClusterDecisions;
import io.k3j.componentapi.Components;
import io.k3j.componentapi.Phases;
import io.k3j.componentapi.Plan;
import io.k3j.componentapi.SwapRefused;
import io.k3j.testkitosgi.InFramework;
import io.k3j.testkitosgi.Injected;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;
import org.osgi.service.condition.Condition;

/// What servers agree on when one joins follows from what the launcher was told, whatever runs: each feature of the
/// distribution disabled or enabled, decided about for the cluster and absent, each of its bundles stopped and
/// replaced, with stand-ins for the bundles. Steps are on the disk before they are made, which takes its time: all are
/// disabled or enabled always, the other changes are made of some, and of all under `-Pfull`.
@Tag("swap")
@InFramework(bundles = {"com.fasterxml.jackson.core.jackson-core", "io.k3j.componentapi", "component-base",
        "io.k3j.durablefiles", "io.k3j.signedjars", "metrics-text", "io.k3j.features"},
        shared = {"io.k3j.clusteragreement", "io.k3j.codec", "io.k3j.model"})
class AgreementItest {
    private static final boolean FULL = Boolean.getBoolean("k3j.full");
    /// One of each sort: in the cluster's flags, on the node, with several bundles, what must not be stopped.
    private static final Set<String> SOME = Set.of("servicelb", "cluster-dns", "metrics-server", "network-policy",
            "kube-proxy", "scheduler", "auth", "supervisor", "edge", "console");
    private static final String DISABLE = "disable";
    private static final String NODE_ADMITTED = "io.k3j.node-admitted";
    private BundleContext context;

    @Injected
    private ConfigurationAdmin admin;

    /// What the other bundles would have offered by now.
    private final List<ServiceRegistration<?>> world = new ArrayList<>();
    private final StoredDecisions stored = new StoredDecisions();

    private interface Work {
        void run() throws Exception;
    }

    /// A change, and the one that takes it back.
    private record Change(String what, Work there, Work back) {
    }

    /// A scene whose wanted features have been started.
    private Scene scene(boolean installed) throws IOException, InterruptedException {
        Scene scene = new Scene(context);
        System.setProperty("k3j.test.diary", scene.path("diary").toString());
        if (installed) {
            Shipped.into(scene);
        } else {
            Shipped.copy(scene);
        }
        scene.plugins();
        world.add(context.registerService(ClusterDecisions.class, stored, null));
        for (String id : List.of(NODE_ADMITTED, Phases.APISERVER_READY)) {
            world.add(context.registerService(Condition.class, Condition.INSTANCE,
                    new Hashtable<>(Map.of(Phases.ID, id))));
        }
        scene.run(Shipped.SETTINGS, Shipped.disabled());
        scene.started("servicelb");
        return scene;
    }

    private void end() {
        world.forEach(ServiceRegistration::unregister);
        world.clear();
    }

    private Components components() {
        return context.getService(context.getServiceReference(Components.class));
    }

    /// The plan that the supervisor is given: that of who has started the scene, as it is that of the system bundle in
    /// a server.
    private Plan plan() throws InvalidSyntaxException {
        return context.getService(context.getServiceReferences(Plan.class,
                "(service.bundleid=" + context.getBundle().getBundleId() + ")").iterator().next());
    }

    private Agreement agreement() throws IOException, InvalidSyntaxException {
        Plan plan = plan();
        return Agreement.of(Declarations.critical(plan.features()), plan.settings(), "sqlite");
    }

    /// What the supervisor is given by Configuration Admin.
    private Map<String, Object> given() throws IOException, InvalidSyntaxException {
        Configuration[] all = admin.listConfigurations("(service.pid=io.k3j.supervisor)");
        assertThat(all).hasSize(1);
        Dictionary<String, Object> properties = all[0].getProperties();
        Map<String, Object> given = new TreeMap<>();
        for (String key : Collections.list(properties.keys())) {
            Object value = properties.get(key);
            given.put(key, value instanceof Object[] list ? List.of(list) : value);
        }
        return given;
    }

    private String told() throws IOException, InvalidSyntaxException {
        return Json.text(agreement().json()) + "\n" + given();
    }

    /// A joining server's flags are held against it: those with the same words fit, those with another word differ in
    /// that flag and in no other.
    private void judges(String word) throws IOException, InvalidSyntaxException {
        Agreement cluster = agreement();
        Set<String> words = new TreeSet<>(Set.of(cluster.values().get(DISABLE).split(",")));
        assertThat(cluster.with(DISABLE, Agreement.normal(DISABLE, words.toArray(String[]::new))).differences(cluster))
                .isEmpty();
        if (!words.remove(word)) {
            words.add(word);
        }
        assertThat(cluster.with(DISABLE, Agreement.normal(DISABLE, words.toArray(String[]::new))).differences(cluster))
                .singleElement().matches(one -> one.flag().equals("--disable"));
    }

    private List<Change> changes(Scene scene) throws IOException {
        List<Change> all = new ArrayList<>();
        Components components = components();
        for (Components.Feature feature : components.features()) {
            String name = feature.name();
            Work on = () -> components.enable(name, AgreementItest::quiet);
            Work off = () -> components.disable(name, AgreementItest::quiet);
            boolean runs = feature.state().equals("ENABLED");
            all.add(new Change(name + (runs ? " disabled" : " enabled"), runs ? off : on, runs ? on : off));
            if (!FULL && !SOME.contains(name)) {
                continue;
            }
            all.add(new Change(name + " decided for the cluster",
                    () -> components.decideForCluster(name, !runs, AgreementItest::quiet),
                    () -> components.decideForCluster(name, runs, AgreementItest::quiet)));
            for (Components.Component bundle : feature.bundles()) {
                all.add(new Change(bundle.name() + " stopped", () -> components.stop(bundle.name()),
                        () -> components.start(bundle.name())));
                Path jar = scene.bundle("jars/" + bundle.symbolicName() + ".jar", bundle.symbolicName(),
                        Retiring.class, Map.of("X", "2"));
                all.add(new Change(bundle.name() + " replaced", () -> components.swap(jar, AgreementItest::quiet),
                        () -> components.back(bundle.name(), AgreementItest::quiet)));
            }
        }
        return all;
    }

    private static void quiet(String step) {
        // what is done is seen by what it leads to
    }

    /// Makes a change and takes it back.
    /// @return whether it was made; a change that was refused has changed nothing
    private boolean make(Change change, String told) throws Exception {
        boolean made = true;
        try {
            change.there().run();
        } catch (SwapRefused refused) {
            made = false;
        }
        assertThat(told()).as(change.what()).isEqualTo(told);
        if (made) {
            judges(change.what().substring(0, change.what().indexOf(' ')));
            change.back().run();
            assertThat(told()).as(change.what() + ", and back").isEqualTo(told);
        }
        return made;
    }

    @Test
    void itIsTheSameWhateverIsDisabledStoppedOrReplaced() throws Exception {
        try (Scene scene = scene(true)) {
            String told = told();
            assertThat(told).contains("\"disable\":\"acme-lb,coredns\"");
            List<String> made = new ArrayList<>();
            for (Change change : changes(scene)) {
                if (make(change, told)) {
                    made.add(change.what());
                }
            }
            assertThat(made).contains("servicelb disabled", "network-policy disabled", "metrics-server disabled",
                    "cluster-dns enabled", "servicelb decided for the cluster", "cluster-dns decided for the cluster",
                    "scheduler stopped", "kube-proxy stopped", "supervisor replaced", "authrbac replaced")
                    .hasSizeGreaterThan(FULL ? 100 : 40).doesNotContain("supervisor disabled", "supervisor stopped",
                            "supervisor decided for the cluster", "edge stopped", "console disabled");
        } finally {
            end();
        }
    }

    /// Whoever writes into the datastore what no server would have decided.
    @Test
    void itIsTheSameWhateverTheRecordOfDecisionsSays() throws Exception {
        try (Scene scene = scene(true)) {
            String told = told();
            stored.elsewhere(Map.of("supervisor", false, "edge", false, "console", false, "servicelb", false,
                    "disable", true, "cluster-dns", true));
            scene.await("following", () -> stored.said("servicelb").equals("DISABLED"));
            assertThat(stored.said("supervisor")).contains("cannot be disabled");
            assertThat(scene.states()).contains("supervisor=ENABLED", "edge=ENABLED", "console=ENABLED",
                    "cluster-dns=ENABLED");
            assertThat(told()).isEqualTo(told);
            judges("servicelb");
        } finally {
            end();
        }
    }

    @Test
    void itIsTheSameWhereNoBundleIsInstalled() throws Exception {
        String told;
        try (Scene _ = scene(true)) {
            told = told();
        } finally {
            end();
        }
        try (Scene _ = scene(false)) {
            assertThat(components().features()).filteredOn(one -> one.name().equals("servicelb")).singleElement()
                    .matches(one -> one.state().equals("FAILED"));
            assertThat(told()).isEqualTo(told);
        } finally {
            end();
        }
    }

    @Test
    void itIsTheSameBesideAPlugInThatTakesAPlaceAndOffersAPlan() throws Exception {
        try (Scene scene = scene(true)) {
            String told = told();
            components().disable("servicelb", AgreementItest::quiet);
            scene.put(scene.bundle("jars/acme.jar", "com.acme.servicelb", Planning.class, Map.of("Bundle-Version",
                    "1.0.0")));
            scene.await("plug-in", () -> scene.states().contains("com.acme.servicelb=ENABLED"));
            assertThat(context.getService(context.getServiceReference(Plan.class)).settings())
                    .as("what the highest rank offers").containsEntry("clusterDomain", "acme.example");
            assertThat(told()).isEqualTo(told);
            judges("servicelb");
            Files.delete(scene.path("data/plugins/acme.jar"));
            scene.await("its end", () -> !scene.states().contains("com.acme"));
            components().enable("servicelb", AgreementItest::quiet);
            assertThat(told()).isEqualTo(told);
        } finally {
            end();
        }
    }
}
