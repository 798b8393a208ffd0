package io.k3j.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// `k3s plugin dev [DIRECTORY]`: whatever jar a build makes in `DIRECTORY/target` is put into the plugin directory of
/// the server of this machine, under one name, so that each takes the place of the one before; what becomes of it is
/// told ([PluginOutcome]).
final class PluginCommand {
    private static final String USAGE = "use: k3s plugin dev [DIRECTORY] [--data-dir DIRECTORY]";
    private static final long LOOK_MILLIS = 250;
    private static final List<String> OTHERS = List.of("-sources.jar", "-javadoc.jar", "-tests.jar");
    private final Path source;
    private final Path plugins;
    private final PrintStream out;
    private final PluginOutcome.Server server;
    private final InstantSource clock;
    private Optional<PluginOutcome> open = Optional.empty();
    private Optional<Jar> seen = Optional.empty();
    private Optional<Jar> put = Optional.empty();

    /// A jar as it was when it was looked at; what is none, or is being taken away, has no size.
    private record Jar(Path file, long size, FileTime modified) {
        static Jar of(Path file) {
            try {
                BasicFileAttributes is = Files.readAttributes(file, BasicFileAttributes.class,
                        LinkOption.NOFOLLOW_LINKS);
                return new Jar(file, is.isRegularFile() ? is.size() : -1, is.lastModifiedTime());
            } catch (IOException e) {
                // a build is taking it away
                return new Jar(file, -1, FileTime.fromMillis(0));
            }
        }
    }

    /// @param source a project of Maven's
    /// @param plugins where plug-ins are put
    PluginCommand(Path source, Path plugins, PrintStream out, PluginOutcome.Server server, InstantSource clock) {
        this.source = source;
        this.plugins = plugins;
        this.out = out;
        this.server = server;
        this.clock = clock;
    }

    /// Goes on until the command is ended; the plug-in stays.
    static int run(List<String> arguments, Host host, PrintStream out) {
        List<String> words = BundleCommand.words(arguments, USAGE);
        if (!words.getFirst().equals("dev") || words.size() > 2) {
            throw new UsageFailure(USAGE);
        }
        Path source = Path.of(words.size() == 1 ? "." : words.get(1)).toAbsolutePath().normalize();
        Path plugins = Path.of(BundleCommand.dataDir(arguments, host), "plugins");
        out.println("follows " + source.resolve("target") + "; to take the plug-in away:"
                + " rm " + plugins.resolve(name(source)));
        try {
            new PluginCommand(source, plugins, out, question -> BundleCommand.lines(question, arguments, host),
                    InstantSource.system()).follow();
        } catch (IOException e) {
            throw new UsageFailure("cannot put a plug-in into " + plugins + ": " + e.getMessage()
                    + "; are you root? --data-dir names another data directory");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return 0;
    }

    private void follow() throws IOException, InterruptedException {
        CountDownLatch never = new CountDownLatch(1);
        do {
            look();
        } while (!never.await(LOOK_MILLIS, TimeUnit.MILLISECONDS));
    }

    /// Looks once. A jar is taken when two looks have found it the same, since it may be being written.
    void look() throws IOException {
        Optional<Jar> now = newest();
        if (now.isPresent() && now.equals(seen) && !now.equals(put) && put(now.get().file())) {
            put = now;
        }
        seen = now;
        open.flatMap(PluginOutcome::look).ifPresent(outcome -> {
            out.println("  " + outcome);
            open = Optional.empty();
        });
    }

    private Optional<Jar> newest() throws IOException {
        Path target = source.resolve("target");
        if (!Files.isDirectory(target)) {
            return Optional.empty();
        }
        try (Stream<Path> files = Files.list(target)) {
            return files.filter(PluginCommand::isPlugin).map(Jar::of).filter(jar -> jar.size() > 0)
                    .max(Comparator.comparing(Jar::modified));
        } catch (NoSuchFileException | UncheckedIOException e) {
            // a build is taking it away
            return Optional.empty();
        }
    }

    private static boolean isPlugin(Path file) {
        String name = file.getFileName().toString();
        return name.endsWith(".jar") && OTHERS.stream().noneMatch(name::endsWith);
    }

    /// @return whether it was there still
    private boolean put(Path jar) throws IOException {
        Path data = Objects.requireNonNull(plugins.getParent());
        if (!Files.isDirectory(data)) {
            throw new NoSuchFileException(data.toString(), null, "no server has run there");
        }
        if (!Files.exists(plugins, LinkOption.NOFOLLOW_LINKS)) {
            Files.createDirectory(plugins, mode("rwxr-xr-x"));
        }
        String name = name(source);
        Path copy = plugins.resolve("." + name);
        Files.deleteIfExists(copy);
        MessageDigest digest = sha256();
        try (InputStream in = new DigestInputStream(Files.newInputStream(jar, LinkOption.NOFOLLOW_LINKS), digest)) {
            write(in, copy);
        } catch (NoSuchFileException e) {
            return false;
        }
        Instant now = clock.instant();
        Files.move(copy, plugins.resolve(name), StandardCopyOption.ATOMIC_MOVE);
        String bytes = HexFormat.of().formatHex(digest.digest());
        open = Optional.of(new PluginOutcome(new PluginOutcome.Jar(name, bytes, now), server, clock));
        out.println("put " + jar.getFileName() + " to " + plugins.resolve(name));
        return true;
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private static void write(InputStream in, Path copy) throws IOException {
        try (SeekableByteChannel channel = Files.newByteChannel(copy,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), mode("rw-r--r--"))) {
            in.transferTo(Channels.newOutputStream(channel));
        }
    }

    private static FileAttribute<?> mode(String mode) {
        return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode));
    }

    private static String name(Path source) {
        List<String> names = new ArrayList<>();
        source.forEach(part -> names.add(part.toString()));
        return (names.isEmpty() ? "plugin" : names.getLast()) + ".jar";
    }
}
