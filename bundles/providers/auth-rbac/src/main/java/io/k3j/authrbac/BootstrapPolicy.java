package io.k3j.authrbac;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.WriteOptions;
import io.k3j.componentapi.Health;
import io.k3j.componentbase.FeatureGates;
import io.k3j.componentbase.SupervisedLoop;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.condition.Condition;

/// Creates the bootstrap roles and bindings, and adds missing rules, subjects and labels to existing ones
/// without removing any, unless an object's annotation `rbac.authorization.kubernetes.io/autoupdate` is
/// `false`. Then registers the condition `io.k3j.rbac-ready`. Retries until it succeeds, at least once a
/// second.
///
/// What is there is looked up in the views of [Rbac]: asked for one by one, each of the 162 would be a question to a
/// datastore that other servers write to as well, and all of them the longest part of a start.
@Component(service = {}, immediate = true, configurationPid = "io.k3j.authrbac",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class BootstrapPolicy {
    private static final Logger LOG = System.getLogger("io.k3j.authrbac");
    private static final String AUTO = "rbac.authorization.kubernetes.io/autoupdate";
    private static final long MIN_RETRY_MILLIS = 50;
    private static final long MAX_RETRY_MILLIS = 1000;
    private static final Gvr NAMESPACES = new Gvr("", "v1", "namespaces");
    private static final Key SYSTEM = Key.of("kube-system");

    private final Rbac rbac;
    private final ApiClient api;
    private final FeatureGates gates;
    private final BundleContext context;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final Aggregation aggregation;
    private final SupervisedLoop loop;
    private @Nullable ServiceRegistration<Condition> ready;

    /// The settings.
    public @interface Settings {
        /// `--kube-apiserver-arg`, as `name=value`: `feature-gates`.
        String[] kubeApiserverArg() default {};
    }

    /// Starts on a virtual thread.
    @Activate
    public BootstrapPolicy(@Reference Rbac rbac, BundleContext context, Settings settings, @Reference Health health) {
        this(rbac, context, FeatureGates.of("--kube-apiserver-arg", settings.kubeApiserverArg()), health);
    }

    /// The same without OSGi.
    ///
    /// @param gates of the API server
    BootstrapPolicy(Rbac rbac, BundleContext context, FeatureGates gates, Health health) {
        this.rbac = rbac;
        this.gates = gates;
        this.api = rbac.api();
        this.context = context;
        this.aggregation = new Aggregation(rbac, health);
        this.loop = SupervisedLoop.virtual(health, "rbac-bootstrap", this::run).start();
    }

    private void run() {
        List<BootstrapPolicyText.Wanted> pending = new ArrayList<>(wanted(gates));
        for (long pause = MIN_RETRY_MILLIS; !isStopped(); pause = Math.min(2 * pause, MAX_RETRY_MILLIS)) {
            String problem = ensureAll(pending);
            if (pending.isEmpty()) {
                finish();
                return;
            }
            LOG.log(Level.DEBUG, "Bootstrap roles missing={0} reason={1}", pending.size(), problem);
            if (awaitRetry(pause)) {
                return;
            }
        }
    }

    /// Takes what is there afterwards off the list, and returns why the last one of the others is not.
    private String ensureAll(List<BootstrapPolicyText.Wanted> pending) {
        String problem = "";
        try {
            Map<Gvr, Map<Key, Obj>> present = present();
            for (BootstrapPolicyText.Wanted w : List.copyOf(pending)) {
                try {
                    ensure(w, present.getOrDefault(w.resource(), Map.of()).get(w.object().key()));
                    pending.remove(w);
                } catch (ApiFault e) {
                    problem = String.valueOf(e.getMessage());
                }
            }
        } catch (ApiFault e) {
            problem = String.valueOf(e.getMessage());
        }
        return problem;
    }

    /// All roles and bindings that can be read. An object that cannot is found when it is made again.
    private Map<Gvr, Map<Key, Obj>> present() {
        // surely the newest, and so are the views from then on: what others have removed is made again
        boolean _ = api.find(NAMESPACES, SYSTEM).isPresent();
        Map<Gvr, Map<Key, Obj>> all = new HashMap<>();
        rbac.views().forEach((resource, view) -> {
            Map<Key, Obj> objects = new HashMap<>();
            view.readable().forEach(object -> objects.put(object.key(), object));
            all.put(resource, objects);
        });
        return all;
    }

    private boolean isStopped() {
        return stopped.getCount() == 0;
    }

    private boolean awaitRetry(long pause) {
        try {
            return stopped.await(pause, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    private synchronized void finish() {
        if (!isStopped()) {
            aggregation.begin();
            ready = context.registerService(Condition.class, Condition.INSTANCE,
                    new Hashtable<>(Map.of(Condition.CONDITION_ID, "io.k3j.rbac-ready")));
        }
    }

    /// The objects listed in the bundle's `bootstrap.txt`.
    static List<BootstrapPolicyText.Wanted> wanted(FeatureGates gates) {
        try (BufferedReader in = new BufferedReader(new InputStreamReader(
                BootstrapPolicy.class.getResourceAsStream("/io/k3j/authrbac/bootstrap.txt"), StandardCharsets.UTF_8))) {
            return BootstrapPolicyText.parse(in.lines().toList(), gates);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void ensure(BootstrapPolicyText.Wanted wanted, @Nullable Obj found) {
        if (found == null) {
            String namespace = wanted.object().namespace();
            if (!namespace.isEmpty() && api.find(NAMESPACES, Key.of(namespace)).isEmpty()) {
                create(NAMESPACES, Obj.of(Struct.of("apiVersion", "v1", "kind", "Namespace", "metadata",
                        Struct.of("name", namespace))));
            }
            create(wanted.resource(), wanted.object());
            return;
        }
        Obj updated = complete(found, wanted.object());
        if (!updated.equals(found) && !"false".equals(found.annotations().get(AUTO))) {
            api.update(wanted.resource(), updated, WriteOptions.PLAIN);
        }
    }

    private void create(Gvr resource, Obj object) {
        try {
            api.create(resource, object, WriteOptions.PLAIN);
        } catch (ApiFault e) {
            if (!e.reason().equals("AlreadyExists")) {
                throw e;
            }
        }
    }

    /// The existing object with missing rules, subjects and labels added.
    static Obj complete(Obj present, Obj wanted) {
        Obj o = present;
        if (!wanted.tree().has("aggregationRule")) {
            Seq rules = completeRules(present.tree(), wanted.tree().seq("rules"));
            o = rules == present.tree().seq("rules") ? o : o.with(rules, "rules");
        }
        Seq subjects = present.tree().seq("subjects");
        for (Struct subject : wanted.tree().seq("subjects").structs()) {
            subjects = subjects.contains(subject) ? subjects : subjects.plus(subject);
        }
        o = subjects == present.tree().seq("subjects") ? o : o.with(subjects, "subjects");
        for (Map.Entry<String, String> label : wanted.labels().entrySet()) {
            o = label.getValue().equals(o.labels().get(label.getKey())) ? o
                    : o.with(label.getValue(), "metadata", "labels", label.getKey());
        }
        return o;
    }

    /// The rules of a role, with those that it does not cover. The same instance when it covers all.
    private static Seq completeRules(Struct role, Seq wanted) {
        Seq rules = role.seq("rules");
        List<Struct> others = wanted.structs().stream().filter(rule -> !role.seq("rules").contains(rule)).toList();
        List<PolicyRule> owned = others.isEmpty() ? List.of() : PolicyRule.all(role);
        for (Struct rule : others) {
            rules = PolicyRule.of(rule).coveredBy(owned) ? rules : rules.plus(rule);
        }
        return rules;
    }

    /// Stops the retries and withdraws the condition; roles and bindings stay.
    @Deactivate
    public void stop() {
        loop.close();
        stopped.countDown();
        aggregation.close();
        synchronized (this) {
            if (ready != null) {
                ready.unregister();
                ready = null;
            }
        }
    }
}
