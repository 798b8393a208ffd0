package io.k3j.apiserverrules;

import io.k3j.celapi.Cel;
import io.k3j.kindrules.KindRules;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The rules of the kinds by which API servers are governed, by kind. Everything else in this package is behind them.
public final class ApiServerKinds {
    private ApiServerKinds() {
    }

    /// The rules of RBAC, admission (webhooks, policies and their bindings), API priority and fairness, API
    /// aggregation and of what signers are asked and give, which are the same in each version of a kind. Made once,
    /// for any thread.
    ///
    /// @param cel the engine of expressions, asked for when the first expression of an object is checked; null while
    ///     there is none, and an object with expressions is answered 503
    /// @param clock of the time of day, by which an issued certificate must have begun just now, and which stands
    ///     beside what approvers and signers say
    /// @return by kind, as `ClusterRole`; not to be changed
    public static Map<String, KindRules> rules(Supplier<@Nullable Cel> cel, InstantSource clock) {
        Map<String, KindRules> map = new HashMap<>();
        AccessRules.into(map);
        admission(map, cel);
        map.put("FlowSchema", new FlowSchemaRules());
        map.put("PriorityLevelConfiguration", new PriorityLevelRules());
        map.put("APIService", new ApiServiceRules());
        map.put("CertificateSigningRequest", new CertificateSigningRequestRules(clock));
        map.put("ClusterTrustBundle", new TrustBundleRules());
        map.put("PodCertificateRequest", new PodCertificateRules(clock));
        return Map.copyOf(map);
    }

    private static void admission(Map<String, KindRules> map, Supplier<@Nullable Cel> cel) {
        map.put("MutatingWebhookConfiguration", new WebhookConfigurationRules(cel));
        map.put("ValidatingWebhookConfiguration", new WebhookConfigurationRules(cel));
        map.put("MutatingAdmissionPolicy", new AdmissionPolicyRules(cel));
        map.put("ValidatingAdmissionPolicy", new AdmissionPolicyRules(cel));
        map.put("MutatingAdmissionPolicyBinding", new AdmissionBindingRules());
        map.put("ValidatingAdmissionPolicyBinding", new AdmissionBindingRules());
    }
}
