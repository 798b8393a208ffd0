package io.k3j.csi;

import io.k3j.componentapi.Health;
import io.k3j.componentapi.Metrics;
import io.k3j.componentapi.TimeSource;
import io.k3j.volumeapi.DriverVolumes;
import io.k3j.volumeapi.VolumeDrivers;
import io.k3j.volumeapi.VolumeHost;
import java.util.Hashtable;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/// The component: gives the kubelet the volumes of CSI drivers. Stopping leaves every volume mounted and every driver
/// told of; the next one finds them.
@Component(service = {}, immediate = true, configurationPid = "io.k3j.csi",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class Csi implements VolumeDrivers {
    private final CsiMetrics metrics = new CsiMetrics();
    private final Health health;
    private final List<ServiceRegistration<?>> services;
    private @Nullable DriverVolumes opened;

    /// Begins to be there.
    @Activate
    public Csi(BundleContext context, @Reference Health health) {
        this.health = health;
        health.scope("csi").ok();
        services = List.of(context.registerService(Metrics.class, metrics, new Hashtable<>()),
                context.registerService(VolumeDrivers.class, this, new Hashtable<>()));
    }

    @Override
    public synchronized DriverVolumes open(VolumeHost host) {
        closeOpened();
        DriverVolumes fresh = new CsiSession(host, metrics, TimeSource.system(), health);
        opened = fresh;
        return fresh;
    }

    private synchronized void closeOpened() {
        if (opened != null) {
            opened.close();
            opened = null;
        }
    }

    /// Goes; the kubelet has closed what it opened by then, or it is closed here.
    @Deactivate
    void stop() {
        services.forEach(ServiceRegistration::unregister);
        closeOpened();
    }
}
