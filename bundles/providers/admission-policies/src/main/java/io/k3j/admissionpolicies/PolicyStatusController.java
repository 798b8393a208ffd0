package io.k3j.admissionpolicies;

import io.k3j.apiserverapi.KindCatalog;
import io.k3j.celapi.Cel;
import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.Candidate;
import io.k3j.componentapi.Health;
import io.k3j.componentapi.HealthScope;
import io.k3j.componentapi.TimeSource;
import io.k3j.controllerkit.ControllerContext;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.osgi.service.component.propertytypes.SatisfyingConditionTarget;

/// Checks the types of policies while this server holds the Lease of the controllers; nothing with
/// `--disable-controller-manager`, with which a server that elects nobody counts as leading all the same.
@Component(service = {}, configurationPid = "io.k3j.admissionpolicies",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
@SatisfyingConditionTarget("(osgi.condition.id=io.k3j.leader.kube-controller-manager)")
public final class PolicyStatusController {
    private final @Nullable ControllerContext context;
    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile @Nullable Cel cel;
    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile List<KindCatalog> catalogs = List.of();

    /// Starts the loop; it begins when its view is synced.
    @Activate
    public PolicyStatusController(AdmissionPolicies.Settings settings, @Reference ApiClient api,
            @Reference Health health) {
        context = settings.disableControllerManager() ? null : started(api, health);
    }

    private ControllerContext started(ApiClient api, Health health) {
        HealthScope scope = health.scope("validatingadmissionpolicy-status");
        ControllerContext begun = new ControllerContext(api.leading(Candidate.CONTROLLERS), TimeSource.system());
        PolicyStatus.add(begun, new TypeChecker(new ServedKinds(() -> catalogs)), () -> cel);
        begun.run("policy-status", health, trouble -> {
            if (trouble.isEmpty()) {
                scope.ok();
            } else {
                scope.degraded(trouble);
            }
        });
        return begun;
    }

    /// Stops within five seconds; objects stay as they are.
    @Deactivate
    public void stop() {
        if (context != null) {
            context.close();
        }
    }
}
