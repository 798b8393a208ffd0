package io.k3j.features;

import java.nio.file.Path;
import java.util.Collection;
import java.util.Map;
import java.util.function.Supplier;
import org.osgi.framework.Version;

/// Decides whether a file of the plugin directory may run.
final class PluginReader {
    private static final String OURS = "io.k3j.";
    private final Supplier<Collection<String>> shipped;
    private final Supplier<Collection<String>> exported;

    /// @param shipped symbolic names of the distribution's bundles
    /// @param exported packages they export
    PluginReader(Supplier<Collection<String>> shipped, Supplier<Collection<String>> exported) {
        this.shipped = shipped;
        this.exported = exported;
    }

    /// Reads and checks one file.
    /// @param ran versions that ran before, by symbolic name
    /// @throws FeatureProblem with what is wrong and what to type
    Plugin read(Path file, Map<String, Version> ran) {
        PluginFile.refuseOthers(file);
        String name = file.getFileName().toString();
        if (!name.endsWith(".jar")) {
            throw new FeatureProblem(file + " is no plug-in: put a bundle's jar there, whose name ends in .jar");
        }
        JarFacts jar = JarFacts.read(file);
        PluginFile.compareSum(jar);
        refuseName(jar);
        refuseHeaders(jar);
        refuseOlder(jar, ran);
        String symbolicName = jar.symbolicName();
        Handle handle = new Handle(symbolicName, Handle.PLUGIN + symbolicName + "-" + jar.digest() + ".jar",
                jar.digest());
        return new Plugin(name, Feature.ofJar(symbolicName, symbolicName), handle, jar.version());
    }

    private void refuseName(JarFacts jar) {
        String name = jar.symbolicName();
        if (shipped.get().contains(name) || name.startsWith(OURS)) {
            throw new FeatureProblem(jar.file() + " has the Bundle-SymbolicName " + name + ", which belongs to this"
                    + " distribution; to replace that bundle: k3s bundle swap " + jar.file()
                    + "; to add one: give it a name of your own");
        }
        for (char c : name.toCharArray()) {
            if (!Character.isLetterOrDigit(c) && "._-".indexOf(c) < 0) {
                throw new FeatureProblem(jar.file() + " has the Bundle-SymbolicName " + name
                        + ", in which only letters, digits, '.', '_' and '-' are allowed");
            }
        }
    }

    private void refuseHeaders(JarFacts jar) {
        if (!jar.header("Bundle-ManifestVersion").orElse("").strip().equals("2")) {
            throw new FeatureProblem(jar.file() + " is no OSGi bundle: its manifest lacks Bundle-ManifestVersion: 2;"
                    + " build it with bnd");
        }
        if (jar.header("Fragment-Host").isPresent()) {
            throw new FeatureProblem(jar.file() + " is a fragment, which would change the bundle "
                    + jar.header("Fragment-Host").get() + "; a plug-in is a whole bundle");
        }
        for (String name : jar.exportedPackages()) {
            if (exported.get().contains(name)) {
                throw new FeatureProblem(jar.file() + " exports the package " + name + " of this distribution: two"
                        + " versions of a contract in one process mean that bundles which look connected are not;"
                        + " import it instead");
            }
        }
    }

    private static void refuseOlder(JarFacts jar, Map<String, Version> ran) {
        Version before = ran.get(jar.symbolicName());
        if (before != null && jar.version().compareTo(before) < 0) {
            throw new FeatureProblem(jar.file() + " has version " + jar.version() + ", older than " + before
                    + ", which ran before; to go back to it all the same, take it away, wait until k3s component ls"
                    + " does not show it, and put it there again");
        }
    }
}
