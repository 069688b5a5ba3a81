// JSON, as much of it as the suite reads: a library would be one more thing that tests depend on.

package com.maig.sdk

/** A value of any kind. */
@JvmInline
value class Json(private val value: Any?) {
    operator fun get(name: String): Json = Json((value as Map<*, *>)[name])

    val text: String get() = value as String
    val number: Int get() = (value as Double).toInt()
    val numberOrNull: Int? get() = (value as Double?)?.toInt()
    val list: List<Json> get() = (value as List<*>).map(::Json)
    val names: Set<String> get() = (value as Map<*, *>).keys.map { it as String }.toSet()
    val isNumber: Boolean get() = value is Double
    val isText: Boolean get() = value is String

    companion object {
        fun parse(text: String): Json = Json(Reader(text).value())
    }
}

private class Reader(private val text: String) {
    private var at = 0

    fun value(): Any? = when (next()) {
        '{' -> members()
        '[' -> items()
        '"' -> string()
        't' -> word("true", true)
        'f' -> word("false", false)
        'n' -> word("null", null)
        else -> number()
    }

    private fun members(): Map<String, Any?> = buildMap {
        at++
        while (next() != '}') {
            val name = string()
            check(next() == ':') { "no colon at $at" }
            at++
            put(name, value())
            if (next() == ',') at++
        }
        at++
    }

    private fun items(): List<Any?> = buildList {
        at++
        while (next() != ']') {
            add(value())
            if (next() == ',') at++
        }
        at++
    }

    private fun string(): String = buildString {
        next()
        at++
        while (text[at] != '"') {
            val char = text[at++]
            append(if (char == '\\') escaped() else char)
        }
        at++
    }

    private fun escaped(): Char = when (val char = text[at++]) {
        'n' -> '\n'
        'r' -> '\r'
        't' -> '\t'
        'b' -> '\b'
        'f' -> '\u000C'
        'u' -> text.substring(at, at + 4).toInt(16).toChar().also { at += 4 }
        else -> char
    }

    private fun number(): Double {
        val start = at
        while (at < text.length && text[at] in "+-.eE0123456789") at++
        return text.substring(start, at).toDouble()
    }

    private fun word(word: String, value: Any?): Any? {
        check(text.startsWith(word, at)) { "no $word at $at" }
        at += word.length
        return value
    }

    private fun next(): Char {
        while (text[at].isWhitespace()) at++
        return text[at]
    }
}
