package io.k3j.resourcequota;

import io.k3j.apiserverapi.Admission;
import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.Candidate;
import io.k3j.clientapi.Query;
import io.k3j.clientapi.View;
import io.k3j.codec.Yaml;
import io.k3j.controllerkit.BuiltinResources;
import java.nio.file.Files;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/// The component of the plug-in, and what enters this server into the election for the controllers' Lease, unless
/// `--disable-controller-manager` is given.
@Component(service = {}, immediate = true, configurationPid = "io.k3j.resourcequota",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class ResourceQuotaPlugin {
    private final View quotas;
    private final List<ServiceRegistration<?>> registrations = new ArrayList<>();

    /// The component's settings.
    public @interface Settings {
        /// `--disable-controller-manager`.
        boolean disableControllerManager() default false;

        /// `--kube-apiserver-arg`, as `name=value`: the file of `admission-control-config-file`.
        String[] kubeApiserverArg() default {};

        /// `--kube-controller-manager-arg`, as `name=value`: `concurrent-resource-quota-syncs`.
        String[] kubeControllerManagerArg() default {};
    }

    /// Registers both; the view costs nothing until it is looked at.
    /// @throws IllegalArgumentException for an invalid `admission-control-config-file`; then nothing that a quota could
    /// count is admitted
    @Activate
    public ResourceQuotaPlugin(BundleContext context, Settings settings, @Reference ApiClient api) {
        LimitedResources limited = LimitedResources.of(List.of(settings.kubeApiserverArg()),
                file -> Yaml.document(Files.readAllBytes(file)).object());
        quotas = api.view(BuiltinResources.RESOURCE_QUOTAS, Query.ALL);
        ResourceQuotaAdmission plugin = new ResourceQuotaAdmission(new QuotaReservations(api, quotas), limited,
                InstantSource.system());
        Dictionary<String, Object> order = new Hashtable<>(Map.of(Admission.ORDER, ResourceQuotaAdmission.PLACE));
        registrations.add(context.registerService(Admission.class, plugin, order));
        if (!settings.disableControllerManager()) {
            Candidate candidate = () -> Candidate.CONTROLLERS;
            registrations.add(context.registerService(Candidate.class, candidate, null));
        }
    }

    /// Withdraws both; writes under way are decided.
    @Deactivate
    public void stop() {
        registrations.forEach(ServiceRegistration::unregister);
        quotas.close();
    }
}
