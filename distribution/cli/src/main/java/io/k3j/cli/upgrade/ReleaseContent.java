package io.k3j.cli.upgrade;

import io.k3j.launcher.release.Releases;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/// What a release holds, by which it is named: its files and their digests. Nothing of it has been written anywhere.
final class ReleaseContent {
    /// Becomes part of an installation by `install.sh`, from where kubectl is fetched.
    static final String KUBECTL = "bin/kubectl";
    private static final String JAVA = "runtime/bin/java";
    /// Bytes of an ELF file up to the machine it is for; see elf(5).
    private static final int ELF_HEAD = 20;
    private static final Map<Integer, String> MACHINES = Map.of(62, "amd64", 183, "arm64");
    private static final int NAME_CHARS = 12;
    private final SortedMap<String, String> files = new TreeMap<>();
    private byte[] facts = new byte[0];
    private byte[] java = new byte[0];
    private boolean executable;
    private long bytes;
    private String sum = "";

    private ReleaseContent() {
    }

    /// Reads a tar.
    /// @throws UpgradeProblem when it is damaged or holds no release
    static ReleaseContent of(ReleaseTar tar) {
        ReleaseContent content = new ReleaseContent();
        content.sum = tar.read(content::visit);
        if (!content.executable || !content.files.containsKey("lib/k3s-base.jar") || content.facts.length == 0) {
            throw new UpgradeProblem(
                    "the tar holds no release of K3j that can be upgraded to: bin/k3s, lib/k3s-base.jar"
                            + " or " + ReleaseFacts.FILE + " is missing; older ones are installed by their install.sh");
        }
        return content;
    }

    private void visit(String name, TarReader.Entry entry, TarReader tar) throws IOException {
        if (entry.type() != '0') {
            return;
        }
        int kept = name.equals(ReleaseFacts.FILE) ? ReleaseFacts.MOST_BYTES : name.equals(JAVA) ? ELF_HEAD : 0;
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        MessageDigest digest = ReleaseTar.sha256();
        byte[] part = new byte[1 << 16];
        for (int n = tar.read(part); n >= 0; n = tar.read(part)) {
            digest.update(part, 0, n);
            head.write(part, 0, Math.min(n, kept - head.size()));
        }
        bytes += entry.size();
        files.put(name, HexFormat.of().formatHex(digest.digest()));
        if (name.equals(ReleaseFacts.FILE)) {
            facts = head.toByteArray();
        } else if (name.equals(JAVA)) {
            java = head.toByteArray();
        } else if (name.equals("bin/k3s")) {
            executable = (entry.mode() & 0111) != 0;
        }
    }

    /// Reads a release that lies on the disk.
    static ReleaseContent of(Path release) throws IOException {
        ReleaseContent content = new ReleaseContent();
        try (Stream<Path> all = Files.walk(release)) {
            for (Path file : all.filter(path -> Files.isRegularFile(path) && !Files.isSymbolicLink(path)).toList()) {
                content.add(release.relativize(file).toString(), file);
            }
        }
        return content;
    }

    /// One more file, which is not in the tar.
    void add(String name, Path file) throws IOException {
        MessageDigest digest = ReleaseTar.sha256();
        byte[] part = new byte[1 << 16];
        try (InputStream in = Files.newInputStream(file)) {
            for (int n = in.read(part); n >= 0; n = in.read(part)) {
                digest.update(part, 0, n);
                bytes += n;
            }
        }
        files.put(name, HexFormat.of().formatHex(digest.digest()));
    }

    boolean has(String name) {
        return files.containsKey(name);
    }

    /// Unpacked.
    long bytes() {
        return bytes;
    }

    /// SHA-256 of the tar.
    String sum() {
        return sum;
    }

    ReleaseFacts facts() {
        return ReleaseFacts.of(facts);
    }

    /// Whether it brings a Java of its own.
    boolean hasJava() {
        return java.length > 0;
    }

    /// The machine that its Java is for, as Kubernetes calls it.
    String architecture() {
        boolean elf = java.length == ELF_HEAD && java[0] == 0x7f && java[1] == 'E' && java[2] == 'L' && java[3] == 'F';
        return elf ? MACHINES.getOrDefault(java[18] & 0xff | (java[19] & 0xff) << 8, "another machine") : "no machine";
    }

    /// The name of its directory: that `install.sh` gives it, by its files and their digests.
    String name() {
        MessageDigest digest = ReleaseTar.sha256();
        files.forEach((name, sha) -> digest.update((sha + "  ./" + name + "\n").getBytes(StandardCharsets.ISO_8859_1)));
        return Releases.name(HexFormat.of().formatHex(digest.digest()).substring(0, NAME_CHARS));
    }
}
