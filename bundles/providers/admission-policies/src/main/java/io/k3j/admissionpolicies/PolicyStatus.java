package io.k3j.admissionpolicies;

import io.k3j.celapi.Cel;
import io.k3j.clientapi.WriteOptions;
import io.k3j.controllerkit.ControllerContext;
import io.k3j.controllerkit.ExpectingWriter;
import io.k3j.controllerkit.LiveView;
import io.k3j.controllerkit.Reconciler;
import io.k3j.controllerkit.Requeue;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Patch;
import io.k3j.model.Struct;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Writes `status.typeChecking` and `status.observedGeneration` of ValidatingAdmissionPolicies, once for each
/// generation: upstream's validatingadmissionpolicy-status-controller.
final class PolicyStatus implements Reconciler {
    static final Gvr POLICIES = Gvr.of("admissionregistration.k8s.io/v1", "validatingadmissionpolicies");
    private static final String NAME = "validatingadmissionpolicy-status-controller";
    private static final WriteOptions STATUS = WriteOptions.of("status").by("validatingadmissionpolicy-status")
            .forced();
    private final LiveView policies;
    private final TypeChecker checker;
    private final Supplier<@Nullable Cel> cel;

    private PolicyStatus(ControllerContext context, TypeChecker checker, Supplier<@Nullable Cel> cel) {
        this.policies = context.views().of(POLICIES);
        this.checker = checker;
        this.cel = cel;
    }

    /// @param cel null while there is none
    static void add(ControllerContext context, TypeChecker checker, Supplier<@Nullable Cel> cel) {
        PolicyStatus status = new PolicyStatus(context, checker, cel);
        context.loop(NAME, NAME, 1, status).on(status.policies);
    }

    @Override
    public Requeue reconcile(Key key, ExpectingWriter writer) {
        Optional<Obj> found = policies.get(key).filter(p -> generation(p) > p.status().whole("observedGeneration", 0));
        if (found.isEmpty()) {
            return Requeue.NEVER;
        }
        Cel engine = cel.get();
        if (engine == null) {
            return Requeue.BACK_OFF;
        }
        Obj policy = found.get();
        Struct checked = Struct.builder().putUnlessEmpty("expressionWarnings",
                checker.warnings(engine, policy.tree().struct("spec"))).build();
        writer.patch(POLICIES, key, new Patch.Apply(Struct.of("apiVersion", POLICIES.apiVersion(), "kind",
                "ValidatingAdmissionPolicy", "metadata", Struct.of("name", key.name()), "status",
                Struct.of("observedGeneration", generation(policy), "typeChecking", checked))), STATUS);
        return Requeue.NEVER;
    }

    private static long generation(Obj policy) {
        return policy.metadata().whole("generation", 0);
    }
}
