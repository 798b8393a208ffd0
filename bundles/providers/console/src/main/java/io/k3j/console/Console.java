package io.k3j.console;

import io.k3j.componentapi.Components;
import io.k3j.componentapi.Health;
import io.k3j.componentapi.HealthScope;
import java.io.IOException;
import java.nio.file.Path;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/// The component: serves the console socket while active.
@Component(service = {}, immediate = true, configurationPid = "io.k3j.console",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class Console {
    private final ConsoleSocket socket;

    /// The component's settings.
    public @interface Settings {
        /// `--data-dir`.
        String dataDir() default "/var/lib/rancher/k3s";
    }

    /// Opens the socket.
    /// @throws IOException when the socket cannot be created in the data directory
    @Activate
    public Console(BundleContext context, Settings settings, @Reference Components components,
            @Reference Health health) throws IOException {
        HealthScope scope = health.scope("console");
        socket = ConsoleSocket.open(Path.of(settings.dataDir(), "bundles", "console.sock"),
                new Commands(components, ShellSource.of(context)), health);
        scope.ok();
    }

    /// Closes the socket; commands in progress run to their end in `features`, sessions of the shell are ended.
    @Deactivate
    void stop() {
        socket.close();
    }
}
