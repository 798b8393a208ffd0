package io.k3j.featuresitest;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.componentapi.Components;
import io.k3j.componentbase.ActivationWatch;
import io.k3j.testkitosgi.InFramework;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.junit.jupiter.api.Test;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;

/// A component that Declarative Services makes on the thread of who registers what it waits for.
@InFramework(bundles = {"io.k3j.componentapi", "component-base"})
class ActivationItest {
    private static final String HERE = Waits.class.getPackageName();
    /// Of as many characters, so that a class can be written as one of this package.
    private static final String THERE = ("com.acme.waits" + "_".repeat(HERE.length())).substring(0, HERE.length());
    private static final Duration MOMENT = Duration.ofMillis(200);
    private static final String COMPONENT = """
            <scr:component xmlns:scr="http://www.osgi.org/xmlns/scr/v1.3.0" name="com.acme.waits" immediate="true">
              <reference name="door" interface="java.lang.Runnable"/>
              <implementation class="%s.Waits"/>
            </scr:component>
            """;
    private BundleContext context;

    private static byte[] jar() throws IOException {
        Manifest manifest = new Manifest();
        Attributes headers = manifest.getMainAttributes();
        headers.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        headers.putValue("Bundle-ManifestVersion", "2");
        headers.putValue("Bundle-SymbolicName", "com.acme.waits");
        headers.putValue("Service-Component", "OSGI-INF/waits.xml");
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JarOutputStream jar = new JarOutputStream(bytes, manifest);
                InputStream code = Waits.class.getClassLoader()
                        .getResourceAsStream(Waits.class.getName().replace('.', '/') + ".class")) {
            String text = new String(code.readAllBytes(), StandardCharsets.ISO_8859_1);
            jar.putNextEntry(new JarEntry(THERE.replace('.', '/') + "/Waits.class"));
            jar.write(text.replace(HERE.replace('.', '/'), THERE.replace('.', '/'))
                    .getBytes(StandardCharsets.ISO_8859_1));
            jar.closeEntry();
            jar.putNextEntry(new JarEntry("OSGI-INF/waits.xml"));
            jar.write(COMPONENT.formatted(THERE).getBytes(StandardCharsets.UTF_8));
            jar.closeEntry();
        }
        return bytes.toByteArray();
    }

    @Test
    void aPlugInsComponentThatBlocksIsInterruptedAndTheRegistrationGoesOn() throws Exception {
        System.clearProperty(Waits.TOLD);
        Bundle plugin = context.installBundle(Components.PLUGIN_LOCATION + "waits.jar",
                new ByteArrayInputStream(jar()));
        plugin.start();
        assertThat(System.getProperty(Waits.TOLD)).as("before there is what it waits for").isNull();
        ServiceRegistration<?> door = new ActivationWatch(MOMENT).<ServiceRegistration<?>>call(
                () -> context.registerService(Runnable.class, () -> {
                }, null));
        assertThat(System.getProperty(Waits.TOLD)).isEqualTo("interrupted");
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
        door.unregister();
        plugin.uninstall();
    }
}
