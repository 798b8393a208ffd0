package io.k3j.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/// A quick look at the trees of an SQLite file (<https://www.sqlite.org/fileformat.html>): whether every page the
/// tables and indexes consist of is one, and lies in the file. The first 64 MiB of pages are looked at; contents are
/// not. Only for a file that was closed in order: beside a write-ahead log it may rightly be half new.
final class StatePages {
    private static final int HEADER = 100;
    private static final int MAX_PAGES = 16_384;
    private static final int ROOT_COLUMN = 3;
    private static final int INDEX_INNER = 2;
    private static final int TABLE_INNER = 5;
    private static final int INDEX_LEAF = 10;
    private static final int TABLE_LEAF = 13;
    private final FileChannel file;
    private final int pageSize;
    private final int usable;
    private final long pages;
    private final BitSet seen = new BitSet();
    private final ArrayDeque<Integer> waiting = new ArrayDeque<>();
    private final List<Integer> roots = new ArrayList<>();

    private StatePages(FileChannel file, ByteBuffer header) throws IOException {
        this.file = file;
        int size = header.getShort(16) & 0xffff;
        pageSize = size == 1 ? 1 << 16 : size;
        if (pageSize < 512 || Integer.bitCount(pageSize) != 1) {
            throw new Damaged("its page size is " + pageSize);
        }
        usable = pageSize - (header.get(20) & 0xff);
        pages = file.size() / pageSize;
        long told = header.getInt(28) & 0xffffffffL;
        if (header.getInt(24) == header.getInt(92) && told > pages) {
            throw new Damaged("it ends after " + pages + " of " + told + " pages");
        }
    }

    /// What is wrong with the file, if anything is.
    /// @throws IOException when it cannot be read
    static Optional<String> problem(Path path) throws IOException {
        try (FileChannel file = FileChannel.open(path, StandardOpenOption.READ)) {
            ByteBuffer header = ByteBuffer.allocate(HEADER);
            if (file.read(header, 0) < HEADER) {
                return Optional.of("it ends within its header");
            }
            new StatePages(file, header).walk();
            return Optional.empty();
        } catch (Damaged e) {
            return Optional.of(e.getMessage());
        } catch (IndexOutOfBoundsException e) {
            return Optional.of("a page of it points outside itself");
        }
    }

    private void walk() throws IOException {
        waiting.add(1);
        drain(true);
        for (int root : roots) {
            if (root > 0) {
                waiting.add(root);
            }
        }
        drain(false);
    }

    private void drain(boolean schema) throws IOException {
        while (!waiting.isEmpty() && seen.cardinality() < MAX_PAGES) {
            look(waiting.removeFirst(), schema);
        }
    }

    private void look(int number, boolean schema) throws IOException {
        if (number < 1 || number > pages || seen.get(number)) {
            throw new Damaged("a page points to page " + number + ", which "
                    + (number < 1 || number > pages ? "does not exist" : "has another place already"));
        }
        seen.set(number);
        ByteBuffer page = ByteBuffer.allocate(pageSize);
        file.read(page, (number - 1L) * pageSize);
        int start = number == 1 ? HEADER : 0;
        int kind = page.get(start);
        boolean inner = kind == INDEX_INNER || kind == TABLE_INNER;
        if (!inner && kind != INDEX_LEAF && kind != TABLE_LEAF) {
            throw new Damaged("page " + number + " is none of a table or index");
        }
        int cells = page.getShort(start + 3) & 0xffff;
        int pointers = start + (inner ? 12 : 8);
        int content = (page.getShort(start + 5) & 0xffff) == 0 ? 1 << 16 : page.getShort(start + 5) & 0xffff;
        if (pointers + 2 * cells > content || content > usable && content != 1 << 16) {
            throw new Damaged("page " + number + " overlaps itself");
        }
        for (int i = 0; i < cells; i++) {
            int cell = page.getShort(pointers + 2 * i) & 0xffff;
            if (cell < content || cell >= usable) {
                throw new Damaged("page " + number + " points outside itself");
            }
            if (inner) {
                waiting.add(page.getInt(cell));
            } else if (schema) {
                roots.add(root(page, cell));
            }
        }
        if (inner) {
            waiting.add(page.getInt(start + 8));
        }
    }

    /// The root page of the table or index a row of the schema describes.
    private static int root(ByteBuffer page, int cell) {
        page.position(cell);
        varint(page);
        varint(page);
        int header = page.position();
        int body = header + (int) varint(page);
        int size = 0;
        for (int column = 0; column < ROOT_COLUMN; column++) {
            size = (int) varint(page);
            body += size >= 12 ? (size - 12) / 2 : 0;
        }
        int type = (int) varint(page);
        int number = 0;
        for (int i = 0; i < Math.min(type, 4); i++) {
            number = number << 8 | page.get(body + i) & 0xff;
        }
        return type == 9 ? 1 : type > 4 ? 0 : number;
    }

    private static long varint(ByteBuffer page) {
        long value = 0;
        for (int i = 0; i < 9; i++) {
            byte next = page.get();
            value = value << 7 | next & 0x7f;
            if (next >= 0) {
                break;
            }
        }
        return value;
    }

    private static final class Damaged extends IOException {
        private static final long serialVersionUID = 1L;

        Damaged(String why) {
            super(why);
        }
    }
}
