package io.k3j.imageregistries;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.k3j.codec.MalformedInput;

/// One entry of `rewrite`: what matches in the name of a repository becomes something else, as Go's
/// `Regexp.ReplaceAllString` does it (<https://pkg.go.dev/regexp#Regexp.Expand>): `$1`, `${1}`, `${name}`, `$$`.
/// Immutable; linear time.
///
/// @param pattern what is looked for
/// @param replacement what it becomes
record RepositoryRewrite(Pattern pattern, String replacement) {
    /// @throws MalformedInput when it is no regular expression
    static RepositoryRewrite of(String pattern, String replacement) {
        try {
            return new RepositoryRewrite(Pattern.compile(pattern), replacement);
        } catch (PatternSyntaxException e) {
            throw new MalformedInput("rewrite \"" + pattern + "\" is no regular expression: " + e.getDescription());
        }
    }

    /// The name after it; the same where nothing matches. An empty match right behind another one is none.
    String apply(String repository) {
        Matcher matcher = pattern.matcher(repository);
        StringBuilder out = new StringBuilder();
        int end = -1;
        while (matcher.find()) {
            if (matcher.end() == end) {
                continue;
            }
            out.append(repository, Math.max(end, 0), matcher.start());
            expand(matcher, out);
            end = matcher.end();
        }
        return out.append(repository, Math.max(end, 0), repository.length()).toString();
    }

    private void expand(Matcher matcher, StringBuilder out) {
        int i = 0;
        while (i < replacement.length()) {
            char c = replacement.charAt(i++);
            if (c != '$' || i == replacement.length()) {
                out.append(c);
            } else if (replacement.charAt(i) == '$') {
                out.append('$');
                i++;
            } else {
                i = group(matcher, out, i);
            }
        }
    }

    /// @param from behind the dollar
    /// @return behind the name
    private int group(Matcher matcher, StringBuilder out, int from) {
        boolean braces = replacement.charAt(from) == '{';
        int start = braces ? from + 1 : from;
        int end = start;
        while (end < replacement.length() && word(replacement.charAt(end))) {
            end++;
        }
        boolean whole = end > start && (!braces || end < replacement.length() && replacement.charAt(end) == '}');
        if (!whole) {
            out.append('$');
            return from;
        }
        out.append(value(matcher, replacement.substring(start, end)));
        return braces ? end + 1 : end;
    }

    /// Empty for a group that is not there, as in Go.
    private static String value(Matcher matcher, String name) {
        try {
            String found = name.chars().allMatch(Character::isDigit)
                    ? matcher.group(Integer.parseInt(name))
                    : matcher.group(name);
            return found == null ? "" : found;
        } catch (IllegalArgumentException | IndexOutOfBoundsException none) {
            return "";
        }
    }

    private static boolean word(char c) {
        return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
    }
}
