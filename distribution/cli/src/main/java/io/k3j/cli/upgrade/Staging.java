package io.k3j.cli.upgrade;

import io.k3j.launcher.release.ReleaseDisk;
import io.k3j.launcher.release.Releases;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/// Puts a release beside the others: under a name that nothing starts, until it is whole and on stable storage. One
/// thread.
final class Staging {
    private static final Set<PosixFilePermission> PROGRAM = PosixFilePermissions.fromString("rwxr-xr-x");
    private static final Set<PosixFilePermission> DATA = PosixFilePermissions.fromString("rw-r--r--");
    private final Releases releases;
    private final ReleaseDisk disk;

    /// The time of a directory, set when nothing more is put into it.
    private record Dated(Path directory, FileTime time) {
    }

    Staging(Releases releases, ReleaseDisk disk) {
        this.releases = releases;
        this.disk = disk;
    }

    /// Does nothing when it is there already, whole.
    ///
    /// @param content what an earlier reading of the tar has found
    /// @param kubectl a file to be `bin/kubectl`, when the content has it and the tar has not
    /// @throws UpgradeProblem when the tar has changed since; what was staged is deleted
    /// @throws IOException what the disk says; the same
    void stage(ReleaseTar tar, ReleaseContent content, Path kubectl) throws IOException {
        Path release = releases.directory(content.name());
        if (Files.isDirectory(release, LinkOption.NOFOLLOW_LINKS)) {
            if (ReleaseContent.of(release).name().equals(content.name())) {
                return;
            }
            disk.delete(release);
        }
        Path fresh = release.resolveSibling(content.name() + ".new");
        disk.delete(fresh);
        try {
            unpack(tar, content, fresh);
            if (Files.notExists(fresh.resolve(ReleaseContent.KUBECTL)) && content.has(ReleaseContent.KUBECTL)) {
                try (InputStream in = Files.newInputStream(kubectl)) {
                    disk.file(fresh.resolve(ReleaseContent.KUBECTL), PROGRAM, in);
                }
            }
            if (!ReleaseContent.of(fresh).name().equals(content.name())) {
                throw new UpgradeProblem("what was written to " + fresh + " is not what was read; look at the disk");
            }
            disk.sync(fresh);
            disk.rename(fresh, release);
        } catch (UncheckedIOException e) {
            disk.delete(fresh);
            throw Objects.requireNonNull(e.getCause());
        } catch (IOException | UpgradeProblem e) {
            disk.delete(fresh);
            throw e;
        }
    }

    private void unpack(ReleaseTar tar, ReleaseContent content, Path fresh) throws IOException {
        List<Dated> directories = new ArrayList<>();
        disk.directory(fresh, PROGRAM);
        String sum = tar.read((name, entry, reader) -> {
            try {
                put(name.isEmpty() ? fresh : fresh.resolve(name), entry, reader, directories);
            } catch (IOException e) {
                // of the disk, since the tar has been read before
                throw new UncheckedIOException(e);
            }
        });
        if (!sum.equals(content.sum())) {
            throw new UpgradeProblem("the tar has changed while it was read; nothing was installed");
        }
        for (Dated one : directories) {
            disk.time(one.directory(), one.time());
        }
    }

    private void put(Path path, TarReader.Entry entry, TarReader tar, List<Dated> directories) throws IOException {
        FileTime time = FileTime.from(Instant.ofEpochSecond(entry.seconds()));
        switch (entry.type()) {
            case '5' -> {
                // the first one is there already
                if (!directories.isEmpty()) {
                    disk.directory(path, PROGRAM);
                }
                directories.addFirst(new Dated(path, time));
            }
            case '2' -> disk.link(path, entry.link());
            default -> {
                disk.file(path, (entry.mode() & 0111) != 0 ? PROGRAM : DATA, new Content(tar));
                disk.time(path, time);
            }
        }
    }

    /// The content of one entry.
    private static final class Content extends FilterInputStream {
        private final TarReader tar;

        Content(TarReader tar) {
            super(InputStream.nullInputStream());
            this.tar = tar;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return tar.read(one) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] to, int from, int length) throws IOException {
            byte[] part = new byte[length];
            int count = tar.read(part);
            if (count > 0) {
                System.arraycopy(part, 0, to, from, count);
            }
            return count;
        }
    }
}
