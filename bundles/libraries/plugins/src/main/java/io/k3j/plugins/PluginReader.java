package io.k3j.plugins;

import io.k3j.featuremodel.Feature;
import io.k3j.featuremodel.FeatureProblem;
import io.k3j.featuremodel.Handle;
import io.k3j.featuremodel.JarFacts;
import io.k3j.featuremodel.OfferedJars;
import io.k3j.featuremodel.PluginFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Version;

/// Decides whether a file of the plugin directory may run: whether it is whole, signed where that is demanded, and
/// takes nothing that belongs to somebody else.
final class PluginReader {
    /// How names begin that belong to the distribution.
    static final String OURS = "io.k3j.";
    /// The header that says how many processors a bundle needs in the long run.
    static final String PROCESSORS = "K3j-Processors";
    private static final String JAR = ".jar";
    /// More than that is a mistake in the header.
    private static final int MOST_PROCESSORS = 64;
    private final OfferedJars offered;
    private final Supplier<Collection<String>> shipped;
    private final Supplier<Collection<String>> exported;
    private final Collection<Feature> features;

    /// A plug-in that was read. Its copies are deleted when this is closed.
    ///
    /// @param signer who has signed it; empty when no signature is demanded
    /// @param copies what is to be kept, by the names of [Plugin#copies]
    /// @param offer what it was read from
    record Found(Plugin plugin, String signer, Map<String, Path> copies, OfferedJars.Copy offer)
            implements
                AutoCloseable {
        @Override
        public void close() {
            offer.close();
        }
    }

    /// @param shipped symbolic names of the distribution's bundles
    /// @param exported packages they export
    /// @param features of the distribution
    PluginReader(OfferedJars offered, Supplier<Collection<String>> shipped, Supplier<Collection<String>> exported,
            Collection<Feature> features) {
        this.offered = offered;
        this.shipped = shipped;
        this.exported = exported;
        this.features = features;
    }

    /// Reads and checks one file.
    /// @param ran versions that ran before, by symbolic name
    /// @throws FeatureProblem with what is wrong and what to type
    Found read(Path file, Map<String, Version> ran) {
        PluginFile.refuseOthers(file);
        String name = file.getFileName().toString();
        if (!name.endsWith(JAR) && !name.endsWith(PluginArchive.SUFFIX)) {
            throw new FeatureProblem(file + " is no plug-in: put a bundle's jar there, whose name ends in .jar, or a"
                    + " feature archive, whose name ends in " + PluginArchive.SUFFIX);
        }
        OfferedJars.Copy offer = offered.take(file);
        try {
            String digest = PluginFile.compareSum(file, offer.bytes());
            return name.endsWith(JAR) ? jar(offer, ran) : archive(offer, digest, ran);
        } catch (RuntimeException e) {
            offer.close();
            throw e;
        }
    }

    /// A jar alone is a feature of one bundle, under the name of the bundle.
    private Found jar(OfferedJars.Copy offer, Map<String, Version> ran) {
        JarFacts facts = offer.facts();
        refuse(facts, ran);
        Feature feature = Feature.ofJar(facts.symbolicName(), facts.symbolicName());
        refuseFeature(offer.file(), feature);
        Plugin.Part part = part(facts);
        String kept = part.bundle().choice();
        return new Found(new Plugin(name(offer), feature, List.of(part), kept), offer.signer(),
                Map.of(kept, offer.bytes()), offer);
    }

    /// Each jar is refused for what a jar alone would be.
    private Found archive(OfferedJars.Copy offer, String digest, Map<String, Version> ran) {
        PluginArchive.Content content = PluginArchive.read(offer);
        refuseFeature(offer.file(), content.feature());
        List<Plugin.Part> parts = new ArrayList<>();
        Map<String, Path> copies = new LinkedHashMap<>();
        for (JarFacts jar : content.jars()) {
            refuse(jar, ran);
            Plugin.Part part = part(jar);
            parts.add(part);
            copies.put(part.bundle().choice(), jar.bytes());
        }
        String kept = content.feature().name() + "-" + digest + PluginArchive.SUFFIX;
        copies.put(kept, offer.bytes());
        return new Found(new Plugin(name(offer), content.feature(), parts, kept), offer.signer(), copies, offer);
    }

    private static String name(OfferedJars.Copy offer) {
        return offer.file().getFileName().toString();
    }

    /// The checksum in the location makes another version another bundle: both may be installed at once.
    private static Plugin.Part part(JarFacts jar) {
        String name = jar.symbolicName();
        return new Plugin.Part(new Handle(name, Handle.PLUGIN + name + "-" + jar.digest() + JAR, jar.digest()),
                jar.version());
    }

    /// Words of `--disable` count as names, so that a flag means the distribution's feature.
    private void refuseFeature(Path file, Feature feature) {
        refuseLetters(file, "a feature called", feature.name());
        Set<String> names = Set.of(feature.name());
        if (feature.name().startsWith(OURS) || features.stream().anyMatch(other -> other.namedBy(names))) {
            throw new FeatureProblem(file + " has the feature name " + feature.name() + ", which belongs to this"
                    + " distribution; give it a name of your own");
        }
    }

    private void refuse(JarFacts jar, Map<String, Version> ran) {
        refuseName(jar);
        refuseHeaders(jar);
        refuseOlder(jar, ran);
    }

    /// Names of the distribution are refused also where this release has none of the name.
    private void refuseName(JarFacts jar) {
        String name = jar.symbolicName();
        if (shipped.get().contains(name) || name.startsWith(OURS)) {
            throw new FeatureProblem(jar.file() + " has the Bundle-SymbolicName " + name + ", which belongs to this"
                    + " distribution; to replace that bundle: k3s bundle swap " + jar.file()
                    + "; to add one: give it a name of your own");
        }
        refuseLetters(jar.file(), "the Bundle-SymbolicName", name);
    }

    /// Names become names of files.
    private static void refuseLetters(Path file, String what, String name) {
        if (!PluginFile.isName(name)) {
            throw new FeatureProblem(file + " has " + what + " " + name
                    + ", in which only the letters a to z and A to Z, digits, '.', '_' and '-' are allowed, "
                    + PluginFile.MOST_LETTERS + " of them at most");
        }
    }

    /// What a header says of the processors that a bundle needs.
    /// @throws NumberFormatException when that is no number, or none above 0 and up to [#MOST_PROCESSORS]
    static double processors(@Nullable String header) {
        double processors = header == null ? PluginUse.SHARE : Double.parseDouble(header.strip());
        if (!(processors > 0 && processors <= MOST_PROCESSORS)) {
            throw new NumberFormatException(header);
        }
        return processors;
    }

    private static void refuseProcessors(JarFacts jar) {
        try {
            processors(jar.header(PROCESSORS).orElse(null));
        } catch (NumberFormatException e) {
            throw new FeatureProblem(jar.file() + " has the header " + PROCESSORS + ": "
                    + jar.header(PROCESSORS).orElse("") + ", which is no number of processors above 0 and up to "
                    + MOST_PROCESSORS, e);
        }
    }

    /// What a bundle may not be, whoever has signed it.
    private void refuseHeaders(JarFacts jar) {
        refuseProcessors(jar);
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

    /// Data of a plug-in may have been changed by a newer version, and a file may have been put back by mistake.
    private static void refuseOlder(JarFacts jar, Map<String, Version> ran) {
        Version before = ran.get(jar.symbolicName());
        if (before != null && jar.version().compareTo(before) < 0) {
            throw new FeatureProblem(jar.file() + " has version " + jar.version() + ", older than " + before
                    + ", which ran before; to go back to it all the same, take it away, wait until k3s component ls"
                    + " does not show it, and put it there again");
        }
    }
}
