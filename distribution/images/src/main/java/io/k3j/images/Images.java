package io.k3j.images;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Writes the images of the distribution: `pause.tar`, which holds every pod's namespaces, and, where a
/// static busybox is installed, `busybox.tar` to try pods with.
public final class Images {
    /// Name of the pause image.
    public static final String PAUSE = "k3j.io/pause:1";
    /// Name of the test image: its default command serves `/www` on port 8080 and ends on TERM.
    public static final String BUSYBOX = "k3j.io/busybox:1";
    private static final String SERVE = """
            #!/bin/sh
            # ends at once on TERM, which the first process of a container would otherwise ignore
            trap 'exit 0' TERM INT
            hostname > /www/index.html
            httpd -f -p "${PORT:-8080}" -h /www &
            wait
            """;

    private Images() {
    }

    /// Writes into the directory given as the only argument.
    public static void main(String[] arguments) throws IOException {
        Path directory = Files.createDirectories(Path.of(arguments[0]));
        Files.write(directory.resolve("pause.tar"), pause());
        Optional<Path> busybox = List.of("/bin/busybox", "/usr/bin/busybox").stream().map(Path::of)
                .filter(Images::isStatic).findFirst();
        if (busybox.isPresent()) {
            Files.write(directory.resolve("busybox.tar"), busybox(busybox.get()));
        } else {
            System.out.println("no static busybox, so no test image; type: apt-get install busybox-static");
        }
    }

    /// The pause image for both architectures.
    public static byte[] pause() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        OciImage image = new OciImage(bytes, PAUSE, "{\"Entrypoint\":[\"/pause\"],\"WorkingDir\":\"/\"}",
                Instant.EPOCH);
        for (String architecture : List.of("amd64", "arm64")) {
            image.with(architecture,
                    List.of(layer(tar -> tar.file("pause", 0755, PauseProgram.executable(architecture)))));
        }
        image.end();
        return bytes.toByteArray();
    }

    private interface Content {
        void writeTo(Tar tar) throws IOException;
    }

    private static Layer layer(Content content) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Tar tar = new Tar(bytes, Instant.EPOCH);
        content.writeTo(tar);
        tar.end();
        return Layer.plain(bytes.toByteArray());
    }

    /// A static ELF has no interpreter segment, so the word does not occur in its first kilobyte.
    private static boolean isStatic(Path file) {
        try {
            return Files.isRegularFile(file) && !new String(Files.newInputStream(file).readNBytes(1024),
                    StandardCharsets.ISO_8859_1).contains("/lib64/ld-");
        } catch (IOException e) {
            return false;
        }
    }

    private static byte[] busybox(Path binary) throws IOException {
        String config = "{\"Cmd\":[\"/bin/serve\"],\"Env\":[\"PATH=/bin:/usr/bin\"],\"WorkingDir\":\"/\"}";
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        new OciImage(bytes, BUSYBOX, config, Instant.EPOCH)
                .with(architecture(), List.of(layer(root -> busybox(root, binary)))).end();
        return bytes.toByteArray();
    }

    private static void busybox(Tar root, Path binary) throws IOException {
        for (String name : List.of("bin", "etc", "home", "root", "var", "www", "usr", "usr/bin")) {
            root.directory(name, 0755);
        }
        root.directory("www", 0777).directory("tmp", 01777);
        root.file("bin/busybox", 0755, Files.readAllBytes(binary));
        root.file("bin/serve", 0755, SERVE.getBytes(StandardCharsets.UTF_8));
        root.file("etc/passwd", 0644, "root:x:0:0:root:/root:/bin/sh\napp:x:1000:1000:app:/home:/bin/sh\n"
                .getBytes(StandardCharsets.UTF_8));
        root.file("etc/group", 0644, "root:x:0:\napp:x:1000:\n".getBytes(StandardCharsets.UTF_8));
        for (String applet : applets(binary)) {
            root.link("bin/" + applet, "busybox");
        }
    }

    /// The names a busybox can be called by, in order; its own is none of them.
    public static List<String> applets(Path binary) throws IOException {
        Process p = new ProcessBuilder(binary.toString(), "--list").start();
        return new String(p.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).lines()
                .filter(a -> !a.equals("busybox")).sorted().toList();
    }

    /// This machine's, in the words of OCI.
    public static String architecture() {
        return System.getProperty("os.arch").equals("aarch64") ? "arm64" : "amd64";
    }
}
