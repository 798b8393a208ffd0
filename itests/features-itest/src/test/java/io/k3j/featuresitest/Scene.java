package io.k3j.featuresitest;

import io.k3j.componentapi.Abort;
import io.k3j.componentapi.Components;
import io.k3j.componentapi.Plan;
import io.k3j.componentapi.SwapRefused;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.ServiceRegistration;

/// A data directory, a directory of features, and the feature manager over them.
final class Scene implements AutoCloseable {
    private static final long LIMIT_NANOS = 300_000_000_000L;
    private static final long LOOK_MILLIS = 10;

    private final Path root;
    private final BundleContext context;
    private final List<String> aborts = new ArrayList<>();
    private final List<String> chosen = new ArrayList<>();
    private final List<ServiceRegistration<?>> registrations = new ArrayList<>();

    Scene(BundleContext context) throws IOException {
        this.context = context;
        this.root = Files.createTempDirectory("features-itest");
        write("features/roles/server.json", "{\"features\": []}");
    }

    Path path(String name) {
        return root.resolve(name);
    }

    void write(String name, String text) throws IOException {
        Files.createDirectories(path(name).getParent());
        Files.writeString(path(name), text);
    }

    /// A bundle with an activator, put where a chosen jar lies.
    void chosenBundle(String symbolicName, Class<?> activator, String provided) throws IOException {
        Files.createDirectories(path("data/bundles/chosen"));
        String headers = provided.isEmpty() ? "" : "osgi.service;objectClass:List<String>=\"" + provided + "\"";
        Path jar = bundle("data/bundles/chosen/new.jar", symbolicName, activator,
                Map.of("Provide-Capability", headers));
        String name = symbolicName + "-" + digest(jar) + ".jar";
        Files.move(jar, jar.resolveSibling(name));
        chosen.add("\"" + symbolicName + "\": [\"shipped\", \"" + name + "\"]");
        write("data/bundles/chosen.json", "{" + String.join(", ", chosen) + "}");
    }

    /// A bundle with an activator.
    Path bundle(String file, String symbolicName, Class<?> activator, Map<String, String> headers)
            throws IOException {
        Manifest manifest = new Manifest();
        Attributes attributes = manifest.getMainAttributes();
        attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        attributes.putValue("Bundle-ManifestVersion", "2");
        attributes.putValue("Bundle-SymbolicName", symbolicName);
        attributes.putValue("Bundle-Activator", activator.getName());
        attributes.putValue("DynamicImport-Package", "*");
        headers.forEach((name, value) -> {
            if (!value.isEmpty()) {
                attributes.putValue(name, value);
            }
        });
        Files.createDirectories(path(file).getParent());
        String entry = activator.getName().replace('.', '/') + ".class";
        try (OutputStream out = Files.newOutputStream(path(file));
                JarOutputStream jar = new JarOutputStream(out, manifest);
                InputStream bytes = activator.getClassLoader().getResourceAsStream(entry)) {
            jar.putNextEntry(new JarEntry(entry));
            bytes.transferTo(jar);
            jar.closeEntry();
        }
        return path(file);
    }

    private static String digest(Path file) throws IOException {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    void run(Map<String, Object> settings, Set<String> disabled) {
        registrations.add(context.registerService(Abort.class, aborts::add, null));
        registrations.add(context.registerService(Plan.class,
                new Plan("server", path("data"), path("features"), settings, disabled, Map.of()), null));
    }

    /// Makes the plugin directory.
    void plugins() throws IOException {
        Files.setPosixFilePermissions(Files.createDirectories(path("data/plugins")),
                PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /// Moves a file into it.
    void put(Path file) throws IOException {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        Files.move(file, path("data/plugins").resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
    }

    /// The manager's service.
    Components components() {
        return context.getService(context.getServiceReference(Components.class));
    }

    /// Waits until the manager has started what it was told to, this component among it, and takes changes.
    void started(String component) throws InterruptedException {
        await("start of " + component,
                () -> read("data/bundles/applied.json").contains(component) && takesChanges());
    }

    /// Waits until the manager takes changes: what has not been started by then is not, before something changes.
    void settled() throws InterruptedException {
        await("end of the start", this::takesChanges);
    }

    /// Waits for the end of the manager's thread: at the end of the process it is not waited for as long as its disk
    /// may take.
    void ended() throws InterruptedException {
        await("end of the manager", () -> !runs());
    }

    private static boolean runs() {
        return Thread.getAllStackTraces().keySet().stream().anyMatch(thread -> thread.getName().equals("features"));
    }

    private boolean takesChanges() {
        if (context.getServiceReference(Components.class) == null) {
            return false;
        }
        try {
            components().plan("unknown", true);
            return true;
        } catch (SwapRefused refused) {
            return !String.valueOf(refused.getMessage()).contains("still starting");
        }
    }

    /// The components and how they are; empty as well when there is no manager.
    String states() {
        return context.getServiceReference(Components.class) == null ? "none" : components().features().stream()
                .map(feature -> feature.name() + "=" + feature.state()).collect(Collectors.joining(" "));
    }

    /// What is said of one of them.
    String message(String name) {
        return context.getServiceReference(Components.class) == null ? ""
                : components().features().stream().filter(feature -> feature.name().equals(name))
                        .map(Components.Feature::message).collect(Collectors.joining());
    }

    /// The names in a directory.
    List<String> names(String directory) {
        String[] names = path(directory).toFile().list();
        return names == null ? List.of() : List.of(names);
    }

    /// Ends the manager and what it runs, as the end of the process does.
    void end() throws BundleException {
        registrations.forEach(ServiceRegistration::unregister);
        registrations.clear();
        manager().stop();
        uninstall();
    }

    /// Begins anew over the same directories.
    void begin(Map<String, Object> settings) throws BundleException {
        manager().start();
        run(settings, Set.of());
    }

    /// One after the other.
    void restart(Map<String, Object> settings) throws BundleException {
        end();
        begin(settings);
    }

    List<String> aborts() {
        return aborts;
    }

    void await(String what, BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + LIMIT_NANOS;
        synchronized (this) {
            while (!condition.getAsBoolean()) {
                if (System.nanoTime() > end) {
                    throw new AssertionError("no " + what);
                }
                wait(LOOK_MILLIS);
            }
        }
    }

    String read(String name) {
        try {
            return Files.exists(path(name)) ? Files.readString(path(name)) : "";
        } catch (IOException e) {
            return "";
        }
    }

    /// Ends the manager, so that the next scene begins with a fresh one, and removes its directory.
    @Override
    public void close() throws BundleException, IOException {
        registrations.forEach(ServiceRegistration::unregister);
        bundlesAsBefore();
        clear();
    }

    /// Removes its directory; what is stopped writes no more.
    void clear() throws IOException {
        if (runs()) {
            throw new AssertionError("the manager was stopped and still runs");
        }
        try (Stream<Path> all = Files.walk(root)) {
            for (Path one : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(one);
            }
        }
    }

    /// The manager is stopped first: while it runs it may be taking the same bundles away.
    private void bundlesAsBefore() throws BundleException {
        manager().stop();
        uninstall();
        manager().start();
    }

    private Bundle manager() {
        return Arrays.stream(context.getBundles())
                .filter(bundle -> bundle.getSymbolicName().equals("io.k3j.features")).findAny().orElseThrow();
    }

    private void uninstall() throws BundleException {
        for (Bundle bundle : context.getBundles()) {
            if (bundle.getLocation().startsWith("chosen:") || bundle.getLocation().startsWith("plugin:")) {
                bundle.uninstall();
            }
        }
    }
}
