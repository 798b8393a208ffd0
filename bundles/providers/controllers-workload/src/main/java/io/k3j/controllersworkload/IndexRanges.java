package io.k3j.controllersworkload;

import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;

/// Job indexes as spec and status write them, `1,3-5`: increasing 32-bit integers. Kept as ranges, since a few
/// characters can name billions. Pure.
record IndexRanges(List<Range> ranges) {
    /// A range, both ends included.
    record Range(long first, long last) {
    }

    /// Parses a text; empty when it is invalid.
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

    /// The number of indexes.
    long count() {
        return ranges.stream().mapToLong(r -> r.last() - r.first() + 1).sum();
    }

    /// How many of the given indexes are in the ranges.
    long among(NavigableSet<Long> indexes) {
        return ranges.stream().mapToLong(r -> indexes.subSet(r.first(), true, r.last(), true).size()).sum();
    }

    /// The single indexes below a limit.
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
