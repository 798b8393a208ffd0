package io.k3j.authrbac;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.WriteOptions;
import io.k3j.componentapi.Health;
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
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.condition.Condition;

/// Creates the bootstrap roles and bindings, and adds missing rules, subjects and labels to existing ones
/// without removing any, unless an object's annotation `rbac.authorization.kubernetes.io/autoupdate` is
/// `false`. Then registers the condition `io.k3j.rbac-ready`. Retries until it succeeds, at least once a
/// second.
@Component(service = {}, immediate = true)
public final class BootstrapPolicy {
    private static final Logger LOG = System.getLogger("io.k3j.authrbac");
    private static final String AUTO = "rbac.authorization.kubernetes.io/autoupdate";
    private static final long MIN_RETRY_MILLIS = 50;
    private static final long MAX_RETRY_MILLIS = 1000;
    private static final Gvr NAMESPACES = new Gvr("", "v1", "namespaces");

    private final ApiClient api;
    private final BundleContext context;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final Aggregation aggregation;
    private final SupervisedLoop loop;
    private @Nullable ServiceRegistration<Condition> ready;

    /// Starts on a virtual thread.
    @Activate
    public BootstrapPolicy(@Reference Rbac rbac, BundleContext context, @Reference Health health) {
        this.api = rbac.api();
        this.context = context;
        this.aggregation = new Aggregation(rbac, health);
        this.loop = SupervisedLoop.virtual(health, "rbac-bootstrap", this::run).start();
    }

    private void run() {
        List<BootstrapPolicyText.Wanted> pending = new ArrayList<>(wanted());
        for (long pause = MIN_RETRY_MILLIS; !isStopped(); pause = Math.min(2 * pause, MAX_RETRY_MILLIS)) {
            String problem = "";
            for (BootstrapPolicyText.Wanted w : List.copyOf(pending)) {
                try {
                    ensure(w);
                    pending.remove(w);
                } catch (ApiFault e) {
                    problem = String.valueOf(e.getMessage());
                }
            }
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
    static List<BootstrapPolicyText.Wanted> wanted() {
        try (BufferedReader in = new BufferedReader(new InputStreamReader(
                BootstrapPolicy.class.getResourceAsStream("/io/k3j/authrbac/bootstrap.txt"), StandardCharsets.UTF_8))) {
            return BootstrapPolicyText.parse(in.lines().toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void ensure(BootstrapPolicyText.Wanted wanted) {
        Optional<Obj> found = api.find(wanted.resource(), wanted.object().key());
        if (found.isEmpty()) {
            String namespace = wanted.object().namespace();
            if (!namespace.isEmpty() && api.find(NAMESPACES, Key.of(namespace)).isEmpty()) {
                create(NAMESPACES, Obj.of(Struct.of("apiVersion", "v1", "kind", "Namespace", "metadata",
                        Struct.of("name", namespace))));
            }
            create(wanted.resource(), wanted.object());
            return;
        }
        Obj updated = complete(found.get(), wanted.object());
        if (!updated.equals(found.get()) && !"false".equals(found.get().annotations().get(AUTO))) {
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
            List<PolicyRule> owned = PolicyRule.all(present.tree());
            Seq rules = present.tree().seq("rules");
            for (Struct rule : wanted.tree().seq("rules").structs()) {
                rules = PolicyRule.of(rule).coveredBy(owned) ? rules : rules.plus(rule);
            }
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
