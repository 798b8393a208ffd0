package io.k3j.featuresitest;

import java.util.Hashtable;
import java.util.Map;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;

/// A plug-in that contributes commands as plain methods, knowing nothing of who runs them.
public final class Greeting implements BundleActivator {
    /// Made by the framework.
    public Greeting() {
        // nothing to prepare
    }

    @Override
    public void start(BundleContext context) {
        context.registerService(Greeting.class, this, new Hashtable<>(Map.<String, Object>of("osgi.command.scope",
                "acme", "osgi.command.function", new String[] {"greet", "say"})));
    }

    @Override
    public void stop(BundleContext context) {
        // the framework takes the service back
    }

    /// What a command returns is shown.
    public String greet(String name) {
        return "hello " + name;
    }

    /// What it prints is shown to whoever has typed it.
    public void say(String text) {
        System.out.println(text);
    }
}
