package io.k3j.plugins;

import io.k3j.componentapi.SwapPolicy;
import io.k3j.featuremodel.Feature;
import io.k3j.featuremodel.FeatureFiles;
import io.k3j.featuremodel.FeatureProblem;
import io.k3j.featuremodel.JarFacts;
import io.k3j.featuremodel.OfferedJars;
import io.k3j.featuremodel.PluginFile;
import io.k3j.featuremodel.Section;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/// A feature archive: `feature.json` and the jars of its bundles in one zip file, which come and go together. What is
/// in it is unpacked beside the copy that was verified, under names that are not the archive's.
///
/// Of `feature.json` it may have what concerns itself only: no identities (rights are bound to service accounts),
/// nothing that servers have to agree on, no words of `--disable`, no packaged manifests.
final class PluginArchive {
    /// As an archive's name ends.
    static final String SUFFIX = ".far";
    /// How many bundles one may have.
    static final int MOST_BUNDLES = 64;
    private static final String DESCRIPTION = "feature.json";
    private static final String JAR = ".jar";
    /// Where signatures are, which were verified with the whole.
    private static final String META_INF = "META-INF/";
    /// What an archive may say of itself; other keys of a feature are the distribution's alone.
    private static final Set<String> KEYS = Set.of("name", "needs", "when", "unless", "bundles", "settings",
            "configurations");
    private static final Set<String> BUNDLE_KEYS = Set.of("name", "swap");

    private final Path file;
    /// A directory that is deleted with the offer.
    private final Path room;
    /// Names in the archive, and where each was unpacked.
    private final Map<String, Path> jars = new LinkedHashMap<>();

    private PluginArchive(OfferedJars.Copy copy) {
        this.file = copy.file();
        this.room = copy.room();
    }

    /// What an archive holds.
    ///
    /// @param feature of its description
    /// @param jars those of the feature's bundles, in their order
    record Content(Feature feature, List<JarFacts> jars) {
    }

    /// Unpacks an archive that was verified.
    /// @throws FeatureProblem with what is wrong and what to type
    static Content read(OfferedJars.Copy copy) {
        PluginArchive archive = new PluginArchive(copy);
        try (ZipFile zip = new ZipFile(copy.bytes().toFile())) {
            archive.unpack(zip);
        } catch (IOException e) {
            throw new FeatureProblem(copy.file() + " is not a readable archive: " + e.getMessage(), e);
        }
        try {
            return archive.content(new Section(archive.room.resolve(DESCRIPTION), "", KEYS));
        } catch (FeatureProblem e) {
            // of the file that was unpacked nobody knows
            throw new FeatureProblem(String.valueOf(e.getMessage()).replace(archive.room + "/", copy.file() + "!/"), e);
        }
    }

    /// Names of entries become no names of files: what is unpacked is numbered. How much there may be was looked at
    /// before.
    private void unpack(ZipFile zip) throws IOException {
        for (Enumeration<? extends ZipEntry> all = zip.entries(); all.hasMoreElements();) {
            ZipEntry entry = all.nextElement();
            String name = entry.getName();
            if (entry.isDirectory() || name.startsWith(META_INF)) {
                continue;
            }
            if (!name.equals(DESCRIPTION) && !isJar(name)) {
                throw new FeatureProblem(file + " holds " + name + ", which is no part of a feature archive: "
                        + DESCRIPTION + " and jars are, and META-INF");
            }
            if (jars.containsKey(name)) {
                throw new FeatureProblem(file + " holds " + name + " twice; build it again");
            }
            if (jars.size() == MOST_BUNDLES) {
                throw new FeatureProblem(file + " holds more than " + MOST_BUNDLES + " jars");
            }
            Path to = room.resolve(name.equals(DESCRIPTION) ? name : jars.size() + JAR);
            try (InputStream in = zip.getInputStream(entry)) {
                Files.copy(in, to);
            }
            if (!name.equals(DESCRIPTION)) {
                jars.put(name, to);
            }
        }
        if (!Files.exists(room.resolve(DESCRIPTION))) {
            throw new FeatureProblem(file + " is no feature archive: it lacks " + DESCRIPTION);
        }
    }

    /// In no directory of the archive.
    private static boolean isJar(String name) {
        return name.endsWith(JAR) && PluginFile.isName(name);
    }

    /// Jars and description have to agree: a jar that nobody names would come along unseen.
    private Content content(Section section) {
        Map<String, JarFacts> found = new LinkedHashMap<>();
        jars.forEach((name, bytes) -> {
            JarFacts facts = JarFacts.read(Path.of(file + "!/" + name), bytes);
            if (found.put(facts.symbolicName(), facts) != null) {
                throw new FeatureProblem(file + " holds two bundles called " + facts.symbolicName());
            }
        });
        List<Feature.Part> parts = new ArrayList<>();
        List<JarFacts> ordered = new ArrayList<>();
        for (Section bundle : section.sections("bundles", BUNDLE_KEYS)) {
            Feature.Part part = new Feature.Part(bundle.text("name"), policy(bundle), false, List.of());
            JarFacts jar = found.remove(part.symbolicName());
            if (jar == null) {
                throw bundle.problem("no jar beside it is the bundle " + part.symbolicName());
            }
            parts.add(part);
            ordered.add(jar);
        }
        if (!found.isEmpty() || parts.isEmpty()) {
            throw section.problem(parts.isEmpty() ? "bundles is missing or empty"
                    : "bundles does not name " + String.join(", ", found.keySet()) + ", whose jar is there");
        }
        return new Content(feature(section, parts), ordered);
    }

    /// `RESTART` is for contracts and libraries, which a plug-in has none of.
    private static SwapPolicy policy(Section bundle) {
        String swap = bundle.has("swap") ? bundle.text("swap") : SwapPolicy.REPLACE.name();
        return switch (swap) {
            case "PARALLEL" -> SwapPolicy.PARALLEL;
            case "REPLACE" -> SwapPolicy.REPLACE;
            default -> throw bundle.problem("swap is PARALLEL or REPLACE, not " + swap);
        };
    }

    /// Settings are for its own bundles: a configuration of another PID would be given to somebody else's.
    private static Feature feature(Section section, List<Feature.Part> parts) {
        Map<String, List<String>> settings = new LinkedHashMap<>();
        Section pids = section.section("settings");
        pids.names().forEach(pid -> {
            ArchiveConfigurations.refuseForeign(section, "settings", pid, parts);
            settings.put(pid, pids.texts(pid));
        });
        parts.forEach(part -> settings.putIfAbsent(part.symbolicName(), List.of()));
        return new Feature(section.text("name"), Set.of(), section.texts("needs"), List.of(),
                FeatureFiles.texts(section.section("when")), FeatureFiles.texts(section.section("unless")), parts,
                settings, Optional.empty(), Set.of(), ArchiveConfigurations.of(section, parts, settings));
    }
}
