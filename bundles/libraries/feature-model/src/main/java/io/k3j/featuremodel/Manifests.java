package io.k3j.featuremodel;

import io.k3j.durablefiles.DurableFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;

/// Copies packaged manifests to K3s' place, `<data-dir>/server/manifests`, from where the add-on deployer applies them,
/// and from where it deletes those that are disabled. Subdirectories keep their names. Blocks on the disk.
public final class Manifests {
    /// Manifests may hold secrets: they are root's alone, as K3s has them.
    private static final String DIRECTORY = "rwx------";
    private static final String FILE = "rw-------";
    private final Path target;
    private final TemplateVariables variables;

    /// @param variables stand in the manifests of the distribution
    public Manifests(Path dataDir, TemplateVariables variables) {
        this.target = dataDir.resolve("server/manifests");
        this.variables = variables;
    }

    /// Writes files that differ, but those that a neighbour `NAME.skip` keeps away.
    /// @throws FeatureProblem naming the feature, when one cannot be written
    public void write(Feature feature) {
        if (feature.manifests().isEmpty()) {
            return;
        }
        Path source = feature.manifests().get();
        try (Stream<Path> files = Files.walk(source)) {
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                place(file, target.resolve(source.relativize(file).toString()));
            }
        } catch (IOException e) {
            throw new FeatureProblem("manifests of " + feature.name() + " not placed: " + e.getMessage(), e);
        }
    }

    /// A file that is as it should be is not touched: whoever watches the directory would deploy it again.
    private void place(Path from, Path to) throws IOException {
        if (Files.exists(to.resolveSibling(to.getFileName() + ".skip"))) {
            return;
        }
        byte[] text = variables.substitute(Files.readString(from)).getBytes(StandardCharsets.UTF_8);
        if (Files.notExists(to) || !Arrays.equals(Files.readAllBytes(to), text)) {
            Path directory = to.getParent();
            DurableFiles.directories(directory == null ? target : directory, DIRECTORY);
            DurableFiles.write(to, text, FILE);
        }
    }
}
