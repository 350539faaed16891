/* The limit: one pass on one core that finds every newline and every delimiter of a file. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

int main(int count, char **names) {
    struct stat about;
    int file = count == 2 ? open(names[1], O_RDONLY) : -1;
    if (file < 0 || fstat(file, &about) != 0) return 1;
    char *place = mmap(0, about.st_size, PROT_READ, MAP_PRIVATE, file, 0);
    if (place == MAP_FAILED) return 1;
    char *end = place + about.st_size, *line_end, *delimiter;
    long newlines = 0, delimiters = 0;
    while (place < end && (line_end = memchr(place, '\n', end - place))) {
        newlines++;
        for (; (delimiter = memchr(place, '|', line_end - place)); place = delimiter + 1) delimiters++;
        place = line_end + 1;
    }
    printf("%ld %ld\n", newlines, delimiters);
    return 0;
}
