package io.k3j.controllersworkload;

import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;

/// Indexes of a Job as its spec and status write them, `1,3-5`: whole numbers of 32 bits that grow. They stay ranges,
/// since a few characters name billions. Pure.
record IndexRanges(List<Range> ranges) {
    /// From the first to the last, both included.
    record Range(long first, long last) {
    }

    /// Reads a text; empty when it is none that names indexes.
    static Optional<IndexRanges> of(String text) {
        List<Range> all = new ArrayList<>();
        try {
            for (String part : text.isEmpty() ? new String[0] : text.split(",", -1)) {
                String[] ends = part.split("-", -1);
                Range r = new Range(Integer.parseInt(ends[0]), Integer.parseInt(ends[ends.length - 1]));
                if (ends.length > 2 || r.last() < r.first() || !all.isEmpty() && r.first() <= all.getLast().last()) {
                    return Optional.empty();
                }
                all.add(r);
            }
            return Optional.of(new IndexRanges(all));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    /// How many indexes there are.
    long count() {
        return ranges.stream().mapToLong(r -> r.last() - r.first() + 1).sum();
    }

    /// How many of some indexes are among these.
    long among(NavigableSet<Long> indexes) {
        return ranges.stream().mapToLong(r -> indexes.subSet(r.first(), true, r.last(), true).size()).sum();
    }

    /// Those below a limit, one by one.
    TreeSet<Long> below(long limit) {
        TreeSet<Long> all = new TreeSet<>();
        for (Range r : ranges) {
            for (long i = r.first(); i <= r.last() && i < limit; i++) {
                all.add(i);
            }
        }
        return all;
    }
}
