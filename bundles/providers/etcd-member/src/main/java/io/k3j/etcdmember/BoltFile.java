package io.k3j.etcdmember;

import io.k3j.apimachinery.Fnv;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/// Reads single values of a bbolt file, the format of etcd's database. The file must not be written meanwhile:
/// a writer reuses pages. Keys are ISO 8859-1 text.
///
/// Source: <https://github.com/etcd-io/bbolt>, `internal/common` (`page.go`, `meta.go`, `bucket.go`).
final class BoltFile implements AutoCloseable {
    private static final int MAGIC = 0xED0CDAED;
    private static final int FORMAT = 2;
    private static final int PAGE_HEADER = 16;
    private static final int META_BYTES = 64;
    private static final int ELEMENT = 16;
    private static final int BRANCH = 1;
    private static final int LEAF = 2;
    private static final int BUCKET = 1;
    private static final int SMALLEST_PAGE = 1024;
    private static final int LARGEST_PAGE = 1 << 20;
    /// Bound of a page with its overflow pages, so that a damaged length allocates no more; the pages read here
    /// are small.
    private static final long MAX_PAGE_BYTES = 16 << 20;
    private static final int MAX_DEPTH = 32;
    private final SeekableByteChannel file;
    private final Meta meta;

    private record Meta(int pageSize, long root, long transaction) {
    }

    private record Found(byte[] value, boolean bucket) {
    }

    private BoltFile(SeekableByteChannel file, Meta meta) {
        this.file = file;
        this.meta = meta;
    }

    /// @throws IOException when the file is no bbolt file, or damaged
    static BoltFile open(Path path) throws IOException {
        SeekableByteChannel file = Files.newByteChannel(path);
        try {
            return new BoltFile(file, newest(file));
        } catch (IOException e) {
            file.close();
            throw e;
        }
    }

    /// bbolt alternates between two meta pages, the second one page behind the first. The one with the higher
    /// transaction id and a valid checksum counts.
    private static Meta newest(SeekableByteChannel file) throws IOException {
        Optional<Meta> newest = meta(file, 0);
        for (int size = SMALLEST_PAGE; size <= LARGEST_PAGE; size *= 2) {
            int at = size;
            Optional<Meta> second = meta(file, at).filter(m -> m.pageSize() == at);
            if (second.isPresent() && newest.map(m -> m.transaction() < second.get().transaction()).orElse(true)) {
                newest = second;
            }
        }
        return newest.orElseThrow(() -> new IOException("no file of bbolt"));
    }

    private static Optional<Meta> meta(SeekableByteChannel file, long at) throws IOException {
        ByteBuffer b = read(file, at + PAGE_HEADER, META_BYTES);
        if (b.limit() < META_BYTES || b.getInt(0) != MAGIC || b.getInt(4) != FORMAT
                || b.getLong(META_BYTES - Long.BYTES) != checksum(b)) {
            return Optional.empty();
        }
        int pageSize = b.getInt(8);
        return pageSize < SMALLEST_PAGE || pageSize > LARGEST_PAGE ? Optional.empty()
                : Optional.of(new Meta(pageSize, b.getLong(16), b.getLong(48)));
    }

    /// As bbolt computes it.
    private static long checksum(ByteBuffer meta) {
        byte[] content = new byte[META_BYTES - Long.BYTES];
        meta.get(0, content);
        return Fnv.hash64(content);
    }

    private static ByteBuffer read(SeekableByteChannel file, long at, int bytes) throws IOException {
        ByteBuffer read = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
        file.position(at);
        while (read.hasRemaining() && file.read(read) >= 0) {
            continue;
        }
        return read.flip();
    }

    /// The value of a key in a top-level bucket, empty when there is none.
    /// @throws IOException when the file is damaged
    Optional<byte[]> value(String bucket, String key) throws IOException {
        try {
            Optional<Found> bucketEntry = find(page(meta.root()), bytes(bucket), 0).filter(Found::bucket);
            if (bucketEntry.isEmpty()) {
                return Optional.empty();
            }
            ByteBuffer head = ByteBuffer.wrap(bucketEntry.get().value()).order(ByteOrder.LITTLE_ENDIAN);
            long root = head.getLong(0);
            // a small bucket is inlined: its only page follows the bucket header
            ByteBuffer page = root == 0 ? head.slice(ELEMENT, head.limit() - ELEMENT).order(ByteOrder.LITTLE_ENDIAN)
                    : page(root);
            return find(page, bytes(key), 0).filter(found -> !found.bucket()).map(Found::value);
        } catch (IndexOutOfBoundsException | IllegalArgumentException damaged) {
            throw new IOException("damaged file of bbolt", damaged);
        }
    }

    private static byte[] bytes(String key) {
        return key.getBytes(StandardCharsets.ISO_8859_1);
    }

    private ByteBuffer page(long id) throws IOException {
        if (id < 0 || id > file.size() / meta.pageSize()) {
            throw new IOException("damaged file of bbolt: there is no page " + id);
        }
        long at = id * meta.pageSize();
        long overflow = Integer.toUnsignedLong(read(file, at, PAGE_HEADER).getInt(12));
        long bytes = (overflow + 1) * meta.pageSize();
        if (bytes > MAX_PAGE_BYTES) {
            throw new IOException("damaged file of bbolt: page " + id + " has more than MAX_PAGE_BYTES");
        }
        return read(file, at, (int) bytes);
    }

    private Optional<Found> find(ByteBuffer page, byte[] key, int depth) throws IOException {
        int kind = page.getShort(8);
        int count = page.getShort(10) & 0xFFFF;
        if (kind == LEAF) {
            return leaf(page, count, key);
        }
        if (kind != BRANCH || depth > MAX_DEPTH) {
            throw new IOException("damaged file of bbolt: a page that cannot be where it is");
        }
        long child = page.getLong(PAGE_HEADER + 8);
        for (int i = 0; i < count; i++) {
            int at = PAGE_HEADER + i * ELEMENT;
            if (Arrays.compareUnsigned(bytes(page, at + page.getInt(at), page.getInt(at + 4)), key) <= 0) {
                child = page.getLong(at + 8);
            }
        }
        return find(page(child), key, depth + 1);
    }

    private static Optional<Found> leaf(ByteBuffer page, int count, byte[] key) {
        for (int i = 0; i < count; i++) {
            int at = PAGE_HEADER + i * ELEMENT;
            int from = at + page.getInt(at + 4);
            int length = page.getInt(at + 8);
            if (Arrays.equals(bytes(page, from, length), key)) {
                return Optional.of(new Found(bytes(page, from + length, page.getInt(at + 12)),
                        (page.getInt(at) & BUCKET) != 0));
            }
        }
        return Optional.empty();
    }

    private static byte[] bytes(ByteBuffer page, int from, int length) {
        if (length < 0 || length > page.limit()) {
            throw new IndexOutOfBoundsException(length);
        }
        byte[] bytes = new byte[length];
        page.get(from, bytes);
        return bytes;
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
