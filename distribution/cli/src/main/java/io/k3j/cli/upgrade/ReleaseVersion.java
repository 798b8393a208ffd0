package io.k3j.cli.upgrade;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// A version that can be told to be older than another: numbers, as in `0.1.0` or `v1.36.2+k3s1`; what stands behind
/// a hyphen comes before the version without it.
///
/// @param text as it is written
public record ReleaseVersion(String text) implements Comparable<ReleaseVersion> {
    private static final int LONGEST = 64;

    /// @throws IllegalArgumentException when it has no number
    public static ReleaseVersion of(String text) {
        ReleaseVersion version = new ReleaseVersion(text);
        if (text.length() > LONGEST || !Printable.plain(text, ".+-_~") || numbers(text).isEmpty()) {
            throw new IllegalArgumentException("'" + Printable.of(text) + "' is no version");
        }
        return version;
    }

    @Override
    public int compareTo(ReleaseVersion other) {
        int hyphen = text.indexOf('-');
        int others = other.text.indexOf('-');
        Comparator<List<Integer>> byNumber = ReleaseVersion::compare;
        int order = byNumber.compare(numbers(hyphen < 0 ? text : text.substring(0, hyphen)),
                numbers(others < 0 ? other.text : other.text.substring(0, others)));
        if (order != 0 || hyphen < 0 && others < 0) {
            return order;
        }
        if (hyphen < 0 || others < 0) {
            return hyphen < 0 ? 1 : -1;
        }
        return text.substring(hyphen).compareTo(other.text.substring(others));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ReleaseVersion version && compareTo(version) == 0;
    }

    @Override
    public int hashCode() {
        int hyphen = text.indexOf('-');
        List<Integer> numbers = numbers(hyphen < 0 ? text : text.substring(0, hyphen));
        while (!numbers.isEmpty() && numbers.getLast() == 0) {
            numbers.removeLast();
        }
        return numbers.hashCode();
    }

    private static int compare(List<Integer> one, List<Integer> other) {
        for (int i = 0; i < Math.max(one.size(), other.size()); i++) {
            int order = Integer.compare(i < one.size() ? one.get(i) : 0, i < other.size() ? other.get(i) : 0);
            if (order != 0) {
                return order;
            }
        }
        return 0;
    }

    private static List<Integer> numbers(String part) {
        List<Integer> numbers = new ArrayList<>();
        long number = -1;
        for (char c : (part + ".").toCharArray()) {
            if (c >= '0' && c <= '9') {
                number = Math.min(Integer.MAX_VALUE, Math.max(0, number) * 10 + (c - '0'));
            } else if (number >= 0) {
                numbers.add((int) number);
                number = -1;
            }
        }
        return numbers;
    }
}
