package io.k3j.model;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The fields that a [Struct.Builder] has collected, in order of their first place. Few names are searched one by one
/// and cost two arrays; a client chooses how many there are and which, so many are found by a map. For one thread.
final class FieldList {
    private static final int FIRST = 8;
    private static final String[] NO_NAMES = {};
    private static final Object[] NO_VALUES = {};
    /// Stands where a field was taken out, by its identity: no value is this very text.
    private static final String GONE = new String("gone");
    /// Up to so many names are searched one by one.
    private static final int SEARCHED = 32;
    private String[] names = NO_NAMES;
    private Object[] values = NO_VALUES;
    private int size;
    /// The places of many names, null while there are few.
    private @Nullable Map<String, Integer> places;

    /// Sets a field, at its old place when it was there, else at the end.
    void put(String name, Object value) {
        int place = place(name);
        if (place >= 0) {
            values[place] = value;
            return;
        }
        if (size == names.length) {
            names = Arrays.copyOf(names, Math.max(FIRST, 2 * size));
            values = Arrays.copyOf(values, Math.max(FIRST, 2 * size));
        }
        names[size] = name;
        values[size] = value;
        size++;
        index(name);
    }

    private void index(String name) {
        if (places != null) {
            places.put(name, size - 1);
        } else if (size > SEARCHED) {
            places = HashMap.newHashMap(2 * size);
            for (int i = 0; i < size; i++) {
                places.put(names[i], i);
            }
        }
    }

    private int place(String name) {
        if (places != null) {
            return places.getOrDefault(name, -1);
        }
        for (int i = 0; i < size; i++) {
            if (names[i].equals(name)) {
                return i;
            }
        }
        return -1;
    }

    /// Whether a field is there.
    boolean has(String name) {
        return place(name) >= 0;
    }

    /// Takes a field out again, if it is there. Of few, those behind it move up; of many, its place stays empty until
    /// there are as many empty places as others, so that taking out all of them costs each its own share only.
    void remove(String name) {
        int place = place(name);
        if (place < 0) {
            return;
        }
        if (places == null) {
            int behind = size - place - 1;
            System.arraycopy(names, place + 1, names, place, behind);
            System.arraycopy(values, place + 1, values, place, behind);
            size--;
            return;
        }
        places.remove(name);
        names[place] = GONE;
        values[place] = GONE;
        if (size > 2 * places.size()) {
            closeUp(places);
        }
    }

    private void closeUp(Map<String, Integer> found) {
        int end = 0;
        for (int i = 0; i < size; i++) {
            if (values[i] != GONE) {
                names[end] = names[i];
                values[end] = values[i];
                found.put(names[end], end);
                end++;
            }
        }
        size = end;
    }

    /// A struct of a copy.
    Struct struct() {
        if (places != null && places.size() < size) {
            closeUp(places);
        }
        return size == 0 ? Struct.EMPTY : Struct.owning(Arrays.copyOf(names, size), Arrays.copyOf(values, size));
    }
}
