package io.k3j.admissioncore;

import io.k3j.admissionkit.OptionalPlugins;
import io.k3j.admissionkit.WriteAttributes;
import io.k3j.apiserverapi.Admission;
import io.k3j.apiserverapi.Write;
import io.k3j.clientapi.ApiFault;
import io.k3j.model.Gvr;
import io.k3j.model.Struct;
import java.util.List;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;

/// Refuses Services that claim external addresses they did not have (CVE-2020-8554). Only where
/// `--kube-apiserver-arg=enable-admission-plugins` names it. See
/// <https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#denyserviceexternalips>.
@Component(service = Admission.class, property = "order:Integer=310", configurationPid = "io.k3j.admissioncore",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class DenyServiceExternalIPs implements Admission {
    private static final Gvr SERVICES = new Gvr("", "v1", "services");
    private final boolean enabled;

    /// Looks at the flag.
    @Activate
    public DenyServiceExternalIPs(AdmissionSettings settings) {
        this(settings.kubeApiserverArg());
    }

    DenyServiceExternalIPs(String... arguments) {
        enabled = OptionalPlugins.enabled(name(), arguments);
    }

    @Override
    public String name() {
        return "DenyServiceExternalIPs";
    }

    @Override
    public boolean handles(Write write) {
        return enabled && WriteAttributes.createsOrUpdates(write, "services");
    }

    @Override
    public void validate(Write write, Struct service) {
        List<String> had = write.before().map(DenyServiceExternalIPs::addresses).orElse(List.of());
        if (!had.containsAll(addresses(service))) {
            throw ApiFault.forbidden(SERVICES, write.key().name(),
                    "Use of external IPs is denied by admission control.");
        }
    }

    private static List<String> addresses(Struct service) {
        return service.struct("spec").seq("externalIPs").texts();
    }
}
