package io.k3j.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.componentapi.Metrics;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/// What everybody promises who tells what it counts ([Metrics]). An implementation extends it and says which one is
/// tried.
public abstract class MetricsContract {
    private static final int ASKED_AT_ONCE = 16;
    private static final String HELP = "# HELP ";
    private static final String TYPE = "# TYPE ";
    /// What may follow the name of a family in those of its samples, by its type.
    private static final Map<String, Set<String>> SUFFIXES = Map.of("counter", Set.of(""), "gauge", Set.of(""),
            "untyped", Set.of(""), "histogram", Set.of("_bucket", "_sum", "_count"), "summary",
            Set.of("", "_sum", "_count"));

    /// The one that is tried; the same at each call. It has something to tell.
    protected abstract Metrics metrics();

    /// One family.
    ///
    /// @param samples name with labels to value
    private record Family(String name, String type, Map<String, Double> samples) {
        void add(String line) {
            int end = end(line);
            String series = line.substring(0, end);
            int brace = series.indexOf('{');
            String sample = brace < 0 ? series : series.substring(0, brace);
            assertThat(sample).as(line).startsWith(name);
            assertThat(SUFFIXES.get(type)).as("what the " + type + " " + name + " has: " + line)
                    .contains(sample.substring(name.length()));
            assertThat(samples).as("told twice").doesNotContainKey(series);
            samples.put(series, number(line.substring(end).strip().split(" ")[0]));
        }

        /// Where name and labels end: at the first blank that is in no label's value.
        private static int end(String line) {
            boolean quoted = false;
            boolean escaped = false;
            for (int i = 0; i < line.length(); i++) {
                char c = line.charAt(i);
                if (c == ' ' && !quoted) {
                    return i;
                }
                quoted ^= c == '"' && !escaped;
                escaped = quoted && c == '\\' && !escaped;
            }
            throw new AssertionError("has no value: " + line);
        }

        private static double number(String text) {
            return switch (text) {
                case "+Inf" -> Double.POSITIVE_INFINITY;
                case "-Inf" -> Double.NEGATIVE_INFINITY;
                default -> Double.parseDouble(text);
            };
        }

        /// Whether a sample of it counts, so that it goes up only. A sum does where nothing negative is added.
        boolean counts(String series) {
            return type.equals("counter") || series.startsWith(name + "_bucket") || series.startsWith(name + "_count");
        }
    }

    private static boolean isName(String text) {
        return !text.isEmpty() && !Character.isDigit(text.charAt(0)) && text.chars().allMatch(
                c -> c == '_' || c == ':' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z');
    }

    private static List<Family> families(String text) {
        assertThat(text).as("ends with a whole line").endsWith("\n");
        List<Family> families = new ArrayList<>();
        String help = "";
        for (String line : text.lines().toList()) {
            if (line.startsWith(HELP)) {
                help = line.substring(HELP.length()).split(" ", 2)[0];
                assertThat(isName(help)).as("a name begins " + line).isTrue();
                assertThat(families).extracting(Family::name).as("begun before").doesNotContain(help);
            } else if (line.startsWith(TYPE)) {
                String[] words = line.substring(TYPE.length()).split(" ");
                assertThat(words).as(line).hasSize(2);
                assertThat(words[0]).as("the family that " + HELP + "before it is of").isEqualTo(help);
                assertThat(SUFFIXES).as(line).containsKey(words[1]);
                families.add(new Family(words[0], words[1], new LinkedHashMap<>()));
            } else {
                assertThat(families).as("families before " + line).isNotEmpty();
                assertThat(families.getLast().name()).as("the family of " + line).isEqualTo(help);
                families.getLast().add(line);
            }
        }
        return families;
    }

    @Test
    void guarantee1ItsTextIsWhole() {
        assertThat(families(metrics().text())).isNotEmpty();
    }

    @Test
    void guarantee2WhatIsCountedNeverGoesDown() {
        List<Family> before = families(metrics().text());
        Map<String, Double> now = new LinkedHashMap<>();
        families(metrics().text()).forEach(family -> now.putAll(family.samples()));
        for (Family family : before) {
            family.samples().forEach((series, value) -> {
                if (family.counts(series) && now.containsKey(series)) {
                    assertThat(now.get(series)).as(series).isGreaterThanOrEqualTo(value);
                }
            });
        }
    }

    @Test
    void guarantee3IsAskedBySeveralThreadsAtOnce() throws Exception {
        Set<String> alone = Set.copyOf(families(metrics().text()).stream().map(Family::name).toList());
        List<Future<String>> answers = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < ASKED_AT_ONCE; i++) {
                answers.add(threads.submit(() -> metrics().text()));
            }
        }
        for (Future<String> answer : answers) {
            assertThat(families(answer.get())).extracting(Family::name).containsExactlyInAnyOrderElementsOf(alone);
        }
    }
}
