package io.k3j.model;

import io.k3j.model.Selector.Operator;
import io.k3j.model.Selector.Requirement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// Reads the text form of a label selector, one character at a time.
final class SelectorParser {
    private static final String SPECIAL = "=!(),<>";
    private final String text;
    private int at;

    SelectorParser(String text) {
        this.text = text;
    }

    List<Requirement> requirements() {
        List<Requirement> all = new ArrayList<>();
        blanks();
        boolean more = at < text.length();
        while (more) {
            all.add(requirement());
            blanks();
            more = take(',');
            if (!more && at < text.length()) {
                throw wrong("expected ','");
            }
            blanks();
        }
        return List.copyOf(all);
    }

    private Requirement requirement() {
        if (take('!')) {
            return new Requirement(word("a label key"), Operator.DOES_NOT_EXIST, Set.of());
        }
        String key = word("a label key");
        blanks();
        if (at == text.length() || text.charAt(at) == ',') {
            return new Requirement(key, Operator.EXISTS, Set.of());
        }
        if (take('!')) {
            expect('=');
            return new Requirement(key, Operator.NOT_IN, Set.of(value()));
        }
        if (take('=')) {
            take('=');
            return new Requirement(key, Operator.IN, Set.of(value()));
        }
        if (take('>')) {
            return new Requirement(key, Operator.GREATER, Set.of(value()));
        }
        if (take('<')) {
            return new Requirement(key, Operator.LESS, Set.of(value()));
        }
        return set(key, word("an operator"));
    }

    private Requirement set(String key, String operator) {
        Operator o = switch (operator) {
            case "in" -> Operator.IN;
            case "notin" -> Operator.NOT_IN;
            default -> throw wrong("found '" + operator + "', expected: in, notin, =, ==, !=, gt, lt");
        };
        blanks();
        expect('(');
        Set<String> values = new TreeSet<>();
        do {
            values.add(value());
            blanks();
        } while (take(','));
        expect(')');
        return new Requirement(key, o, values);
    }

    private String value() {
        blanks();
        int from = at;
        while (at < text.length() && !Character.isWhitespace(text.charAt(at)) && SPECIAL.indexOf(text.charAt(at)) < 0) {
            at++;
        }
        return text.substring(from, at);
    }

    private String word(String what) {
        String word = value();
        if (word.isEmpty()) {
            throw wrong("expected " + what);
        }
        return word;
    }

    private boolean take(char c) {
        boolean there = at < text.length() && text.charAt(at) == c;
        at += there ? 1 : 0;
        return there;
    }

    private void expect(char c) {
        if (!take(c)) {
            throw wrong("expected '" + c + "'");
        }
    }

    private void blanks() {
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
    }

    private IllegalArgumentException wrong(String what) {
        return new IllegalArgumentException(
                "unable to parse requirement: " + what + " at position " + at + " of \"" + text + "\"");
    }
}
