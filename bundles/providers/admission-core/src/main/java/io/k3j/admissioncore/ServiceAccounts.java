package io.k3j.admissioncore;

import io.k3j.admissionkit.MountableSecrets;
import io.k3j.admissionkit.TokenVolume;
import io.k3j.admissionkit.WriteAttributes;
import io.k3j.apiserverapi.Admission;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.Query;
import io.k3j.clientapi.View;
import io.k3j.componenthelpers.PodReferences;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.nodewrites.MirrorPods;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/// Sets the service account of a pod, its token volume and its image pull secrets. The controller creates the account
/// `default` shortly after a namespace: a pod that comes earlier waits up to one second for it.
@Component(service = Admission.class, property = "order:Integer=70")
public final class ServiceAccounts implements Admission {
    private static final String MIRROR = MirrorPods.ANNOTATION;
    private static final long DEFAULT_ACCOUNT_WAIT_MILLIS = 1000;

    private final View accounts;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    /// Opens the view of ServiceAccounts.
    @Activate
    public ServiceAccounts(@Reference Listers listers) {
        this.accounts = listers.api().view(Listers.ACCOUNTS, Query.ALL);
        accounts.listen((before, after) -> signalChange());
    }

    private void signalChange() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public String name() {
        return "ServiceAccount";
    }

    @Override
    public boolean handles(Write write) {
        return WriteAttributes.creates(write, "pods") || addsContainers(write);
    }

    private static boolean addsContainers(Write write) {
        return write.operation() == Operation.UPDATE && WriteAttributes.of(write, "", "pods")
                && write.of("ephemeralcontainers");
    }

    @Override
    public Struct admit(Write write, Struct pod) {
        if (addsContainers(write) || mirror(pod)) {
            return pod;
        }
        String name = pod.struct("spec").text("serviceAccountName", "default");
        name = name.isEmpty() ? "default" : name;
        Obj account = account(write, name);
        Struct spec = pod.struct("spec").with("serviceAccountName", name).with("serviceAccount", name);
        boolean wanted = spec.flag("automountServiceAccountToken",
                account.tree().flag("automountServiceAccountToken", true));
        spec = wanted ? TokenVolume.mounted(spec) : spec;
        Seq secrets = account.tree().seq("imagePullSecrets");
        if (spec.seq("imagePullSecrets").isEmpty() && !secrets.isEmpty()) {
            spec = spec.with("imagePullSecrets", secrets);
        }
        return pod.with("spec", spec);
    }

    @Override
    public void validate(Write write, Struct pod) {
        if (addsContainers(write) || !mirror(pod)) {
            Obj account = account(write, pod.struct("spec").text("serviceAccountName"));
            MountableSecrets.of(account).flatMap(allowed -> addsContainers(write)
                    ? allowed.ephemeralProblem(pod.struct("spec")) : allowed.problem(pod.struct("spec")))
                    .ifPresent(problem -> {
                        throw ApiFault.forbidden(Listers.PODS, write.key().name(), problem);
                    });
            return;
        }
        validateMirror(write, pod);
    }

    private static boolean mirror(Struct pod) {
        return pod.struct("metadata").struct("annotations").has(MIRROR);
    }

    /// A kubelet could grant itself what a pod of its own refers to.
    private static void validateMirror(Write write, Struct pod) {
        if (!pod.struct("spec").text("serviceAccountName").isEmpty()) {
            throw ApiFault.forbidden(Listers.PODS, write.key().name(),
                    "a mirror pod may not reference service accounts");
        }
        if (PodReferences.of(Obj.of(pod.withoutAt("metadata", "annotations"))).stream()
                .anyMatch(reference -> reference.startsWith("secrets/"))) {
            throw ApiFault.forbidden(Listers.PODS, write.key().name(), "a mirror pod may not reference secrets");
        }
        boolean token = pod.struct("spec").seq("volumes").structs().stream().flatMap(v -> v.struct("projected")
                .seq("sources").structs().stream()).anyMatch(s -> s.has("serviceAccountToken"));
        if (token) {
            throw ApiFault.forbidden(Listers.PODS, write.key().name(),
                    "a mirror pod may not use ServiceAccountToken volume projections");
        }
    }

    private Obj account(Write write, String name) {
        if (name.isEmpty()) {
            throw ApiFault.forbidden(Listers.PODS, write.key().name(), "no service account specified for pod "
                    + write.key());
        }
        Key key = new Key(write.key().namespace(), name);
        return await(key).orElseThrow(() -> ApiFault.forbidden(Listers.PODS, write.key().name(),
                "error looking up service account " + key + ": serviceaccount \"" + name + "\" not found"));
    }

    private Optional<Obj> await(Key key) {
        lock.lock();
        try {
            long left = TimeUnit.MILLISECONDS.toNanos(DEFAULT_ACCOUNT_WAIT_MILLIS);
            Optional<Obj> account = accounts.get(key);
            while (account.isEmpty() && left > 0 && key.name().equals("default")) {
                left = changed.awaitNanos(left);
                account = accounts.get(key);
            }
            return account;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        } finally {
            lock.unlock();
        }
    }

    /// Closes the view.
    @Deactivate
    public void stop() {
        accounts.close();
    }
}
