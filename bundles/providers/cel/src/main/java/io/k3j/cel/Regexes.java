package io.k3j.cel;

import static dev.cel.common.types.SimpleType.INT;
import static dev.cel.common.types.SimpleType.STRING;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import dev.cel.common.types.ListType;
import java.util.ArrayList;
import java.util.List;

/// `matches`, `find` and `findAll`.
final class Regexes {
    private Regexes() {
    }

    static void enter(Functions f) {
        Functions.Body matches = (_, a) -> Patterns.compile((String) a[1], "").matcher((String) a[0]).find();
        List<Class<?>> texts = List.of(String.class, String.class);
        f.put("matches", texts, matches);
        f.put("matches_string", texts, matches);
        f.member("find", "string_find_string", STRING,
                (_, a) -> find(Patterns.compile((String) a[1], "Illegal regex: "), (String) a[0]), STRING, STRING);
        Functions.Body all = (frame, a) -> findAll(frame, Patterns.compile((String) a[1], "Illegal regex: "), a);
        f.member("findAll", "string_find_all_string", ListType.create(STRING), all, STRING, STRING);
        f.member("findAll", "string_find_all_string_int", ListType.create(STRING), all, STRING, STRING, INT);
    }

    static String find(Pattern pattern, String text) {
        Matcher m = pattern.matcher(text);
        return m.find() ? m.group() : "";
    }

    static List<Object> findAll(Frame f, Pattern pattern, Object[] a) {
        long most = a.length > 2 ? (Long) a[2] : -1;
        List<Object> found = new ArrayList<>();
        Matcher m = pattern.matcher((String) a[0]);
        while ((most < 0 || found.size() < most) && m.find()) {
            f.step();
            found.add(m.group());
        }
        return found;
    }
}
