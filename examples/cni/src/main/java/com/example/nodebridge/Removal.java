package com.example.nodebridge;

import io.k3j.componentapi.Retire;
import java.io.IOException;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;

/// Takes the network away when the plug-in was taken away for good: only then there is this configuration.
@Component(service = Retire.class, configurationPid = "com.example.nodebridge.retire",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class Removal implements Retire {
    private final Machine machine;

    /// Does nothing until it is called.
    public Removal() {
        this(Machine.here());
    }

    Removal(Machine machine) {
        this.machine = machine;
    }

    @Override
    public void retire() throws IOException {
        machine.remove();
    }
}
